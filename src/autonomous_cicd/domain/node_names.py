"""Names of JavaScript packages: what an import means, what a command comes from, what is well known.

A package that nobody vouches for is never added to a project: a name in a log may be a slip of the pen, or
bait. Besides the project itself these lists vouch.
"""

from __future__ import annotations

import re

from autonomous_cicd.domain.node_popular import POPULAR
from autonomous_cicd.domain.node_popular_rest import POPULAR as MORE

__all__ = [
    "BRINGS",
    "BUILTINS",
    "COMMANDS",
    "COMPANIONS",
    "WELL_KNOWN",
    "is_builtin",
    "is_known",
    "package_of",
    "types_of",
    "untyped",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BUILTINS = _words(
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns"
    " domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring"
    " readline repl sea sqlite stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi"
    " worker_threads zlib bun deno"
)
"""Modules that come with Node itself."""

NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*", re.ASCII)

COMMANDS: dict[str, str] = {
    "tsc": "typescript",
    "tsserver": "typescript",
    "ng": "@angular/cli",
    "vue-cli-service": "@vue/cli-service",
    "babel": "@babel/cli",
    "babel-node": "@babel/node",
    "biome": "@biomejs/biome",
    "playwright": "@playwright/test",
    "commitlint": "@commitlint/cli",
    "changeset": "@changesets/cli",
    "swc": "@swc/cli",
    "nest": "@nestjs/cli",
    "ncu": "npm-check-updates",
    "api-extractor": "@microsoft/api-extractor",
    "attw": "@arethetypeswrong/cli",
    "cucumber-js": "@cucumber/cucumber",
    "stryker": "@stryker-mutator/core",
    "storybook": "storybook",
    "sb": "storybook",
    "start-storybook": "storybook",
    "build-storybook": "storybook",
    "graphql-codegen": "@graphql-codegen/cli",
    "wdio": "@webdriverio/cli",
    "tap": "tap",
    "webpack": "webpack",
    "webpack-cli": "webpack-cli",
    "gulp": "gulp",
    "grunt": "grunt-cli",
    "sass": "sass",
    "lessc": "less",
    "postcss": "postcss-cli",
    "tailwindcss": "tailwindcss",
    "semantic-release": "semantic-release",
    "size-limit": "size-limit",
    "react-scripts": "react-scripts",
    "run-s": "npm-run-all",
    "run-p": "npm-run-all",
    "npm-run-all": "npm-run-all",
    "markdownlint": "markdownlint-cli",
    "markdownlint-cli2": "markdownlint-cli2",
    "lint-staged": "lint-staged",
    "env-cmd": "env-cmd",
    "dotenv": "dotenv-cli",
    "flow": "flow-bin",
    "node-gyp": "node-gyp",
    "prebuild-install": "prebuild-install",
    "node-gyp-build": "node-gyp-build",
    "tsd": "tsd",
    "dtslint": "dtslint",
    "tslint": "tslint",
    "eslint": "eslint",
    "ts-node": "ts-node",
    "ts-node-esm": "ts-node",
    "_mocha": "mocha",
    "serve": "serve",
    "http-server": "http-server",
    "ts-mocha": "ts-mocha",
    "jsdoc": "jsdoc",
    "esdoc": "esdoc",
    "istanbul": "istanbul",
    "lerna": "lerna",
    "nx": "nx",
    "turbo": "turbo",
    "husky": "husky",
    "cpy": "cpy-cli",
    "del": "del-cli",
    "trash": "trash-cli",
    "download": "download-cli",
    "astro": "astro",
    "next": "next",
    "nuxt": "nuxt",
    "remix": "@remix-run/dev",
    "svelte-check": "svelte-check",
    "svelte-kit": "@sveltejs/kit",
    "vue-tsc": "vue-tsc",
    "prisma": "prisma",
    "knex": "knex",
    "sequelize": "sequelize-cli",
    "sequelize-cli": "sequelize-cli",
    "typeorm": "typeorm",
    "mrmime": "mrmime",
    "electron-builder": "electron-builder",
    "electron": "electron",
    "karma": "karma",
    "zx": "zx",
}
"""Commands, and the packages that bring them where the names differ or the command is common."""

WELL_KNOWN = _words(
    """
    abort-controller acorn ajv ajv-formats ansi-regex ansi-styles append-transform archiver arg argparse
    assertion-error async autoprefixer ava aws-sdk axios babel-cli babel-core babel-eslint babel-jest
    babel-loader babel-plugin-istanbul babel-preset-env babel-register base64-js bcrypt bcryptjs
    benchmark better-sqlite3 bl bluebird bn.js body-parser borp boxen brace-expansion browserify
    browserslist c8 camelcase chai chai-as-promised chai-http chalk change-case cheerio chokidar
    classnames cli-table3 clone clsx co codecov color color-convert color-name colorette colors commander
    concat-stream concurrently config connect consola convict cookie cookie-parser cookie-session
    copyfiles core-js cors coveralls cpy-cli cross-env cross-fetch cross-spawn css-loader csstype
    csv-parse csv-parser cypress d3 date-fns dayjs debug deep-eql deep-equal deepmerge del del-cli
    detect-indent diff dotenv dotenv-cli dotenv-expand dtslint duplexify ejs electron emoji-regex
    end-of-stream enhanced-resolve enquirer es6-promise esbuild esbuild-register escape-html eslint
    eslint-config-airbnb eslint-config-airbnb-base eslint-config-google eslint-config-next
    eslint-config-prettier eslint-config-standard eslint-config-xo eslint-define-config
    eslint-import-resolver-typescript eslint-plugin-ava eslint-plugin-cypress
    eslint-plugin-eslint-comments eslint-plugin-import eslint-plugin-jest eslint-plugin-jsdoc
    eslint-plugin-jsx-a11y eslint-plugin-markdown eslint-plugin-mocha eslint-plugin-n eslint-plugin-node
    eslint-plugin-prettier eslint-plugin-promise eslint-plugin-react eslint-plugin-react-hooks
    eslint-plugin-security eslint-plugin-simple-import-sort eslint-plugin-standard eslint-plugin-svelte
    eslint-plugin-testing-library eslint-plugin-unicorn eslint-plugin-unused-imports eslint-plugin-vitest
    eslint-plugin-vue espree esprima estree-walker event-stream eventemitter3 execa expect expect.js
    express express-session extend fast-check fast-deep-equal fast-glob fast-json-stable-stringify
    fast-xml-parser fastify fastify-plugin file-loader fill-range find-up flat follow-redirects form-data
    formidable fs-extra gaze get-stream git-cz glob glob-parent globals globby got graceful-fs graphql
    graphql-tag grunt grunt-cli grunt-contrib-clean grunt-contrib-concat grunt-contrib-copy
    grunt-contrib-jshint grunt-contrib-nodeunit grunt-contrib-uglify grunt-contrib-watch gulp gulp-babel
    gulp-concat gulp-eslint gulp-mocha gulp-rename gulp-sass gulp-uglify handlebars happy-dom has-flag
    helmet highlight.js history html-loader html-webpack-plugin http-errors http-proxy
    http-proxy-middleware http-server husky iconv-lite ignore immer immutable indent-string inherits ini
    inquirer into-stream is-plain-obj is-stream isexe isomorphic-fetch istanbul iterm2-version jasmine
    jasmine-core jest jest-cli jest-diff jest-environment-jsdom jest-environment-node jest-extended
    jest-fetch-mock jest-junit jest-mock jest-mock-extended jest-watch-typeahead joi jose jquery
    js-base64 js-tokens js-yaml jscs jsdoc jsdom jshint json-schema json-stringify-safe json5 jsonfile
    jsonwebtoken jsverify karma karma-chai karma-chrome-launcher karma-coverage karma-firefox-launcher
    karma-jasmine karma-mocha karma-webpack kleur knex koa koa-bodyparser koa-router lerna less
    less-loader level lint-staged livereload lodash lodash-es lodash.debounce lodash.get lodash.isequal
    lodash.merge lodash.set lodash.throttle log-symbols loglevel lru-cache luxon magic-string map-stream
    markdown-it markdownlint-cli marked matcha md5 meow merge merge-stream method-override micromatch
    microtime mime mime-types mini-css-extract-plugin minimatch minimist minipass mkdirp mocha
    mocha-junit-reporter mocha-lcov-reporter mock-fs mockdate mocked-env mockery moment moment-timezone
    mongodb mongoose morgan mri ms msw multer multiline mysql mysql2 nan nanoid nanospy neostandard next
    nock node-addon-api node-fetch node-notifier node-sass nodemailer nodemon nodeunit nopt
    normalize-path npm-check-updates npm-run-all npm-run-all2 nuxt nx nyc object-assign object-hash once
    open openai ora p-limit p-map p-queue p-retry parcel parse5 passport path-to-regexp pg picocolors
    picomatch pino pino-pretty pirates pkg-up plop postcss postcss-cli postcss-import postcss-loader
    postcss-nested postcss-preset-env power-assert pre-commit preact prettier prettier-plugin-svelte
    prettier-plugin-tailwindcss pretty-bytes pretty-format pretty-ms prisma process-nextick-args prompts
    prop-types proxyquire publint pug pump puppeteer q qs query-string qunit qunitjs raf ramda
    random-seed range-parser raw-body raw-loader react react-dom react-is react-redux react-router
    react-router-dom react-scripts react-test-renderer readable-stream readdirp recast redis
    reflect-metadata regenerator-runtime release-it remark remark-cli request require-dir resolve restify
    retry rewire rfdc rimraf rollup rollup-plugin-babel rollup-plugin-commonjs rollup-plugin-dts
    rollup-plugin-esbuild rollup-plugin-node-resolve rollup-plugin-terser rollup-plugin-typescript2
    rollup-plugin-visualizer rxjs sade safe-buffer safer-buffer sass sass-loader sax semantic-release
    semistandard semver send serve serve-static shelljs should simple-git sinon sinon-chai size-limit
    slash slugify snazzy socket.io socket.io-client source-map source-map-support split2 sprintf-js
    sqlite3 standard start-server-and-test streamx string-width strip-ansi strip-json-comments
    style-loader stylelint stylelint-config-standard stylus superagent supertest supports-color svelte
    svelte-check svgo tailwindcss tap tap-parser tap-spec tape tape-promise tar temp tempy terser
    terser-webpack-plugin test-exclude testdouble testem through through2 tinybench tinyspy tmp ts-expect
    ts-jest ts-loader ts-mocha ts-node ts-node-dev ts-standard tsconfig-paths tsd tslib tslint tsup tsx
    turbo type-fest typedoc typescript uglify-js unbuild undici unified url-loader util-deprecate uuid
    uvu validate-npm-package-name validator vite vite-plugin-dts vite-tsconfig-paths vitest vue
    vue-loader vue-router vue-template-compiler vue-tsc vuex wait-on watchify webpack
    webpack-bundle-analyzer webpack-cli webpack-dev-server webpack-merge which winston wrap-ansi wrappy
    ws xml2js xo xtend yallist yaml yargs yargs-parser yauzl yup zod zone.js zustand zx
    @angular-devkit/build-angular @angular/cli @angular/common @angular/compiler @angular/compiler-cli
    @angular/core @apollo/client @ava/typescript @babel/cli @babel/core @babel/eslint-parser @babel/node
    @babel/parser @babel/plugin-proposal-class-properties @babel/plugin-transform-modules-commonjs
    @babel/plugin-transform-runtime @babel/preset-env @babel/preset-react @babel/preset-typescript
    @babel/register @babel/runtime @babel/traverse @babel/types @biomejs/biome @changesets/cli
    @commitlint/cli @commitlint/config-conventional @cucumber/cucumber @emotion/react @emotion/styled
    @eslint/compat @eslint/eslintrc @eslint/js @faker-js/faker @hapi/code @hapi/hapi @hapi/lab
    @istanbuljs/nyc-config-typescript @jest/globals @jest/types @jridgewell/trace-mapping
    @microsoft/api-extractor @mui/material @nestjs/cli @nestjs/common @nestjs/core @nestjs/testing
    @playwright/test @popperjs/core @prisma/client @reduxjs/toolkit @remix-run/dev @rollup/plugin-alias
    @rollup/plugin-babel @rollup/plugin-commonjs @rollup/plugin-json @rollup/plugin-node-resolve
    @rollup/plugin-replace @rollup/plugin-terser @rollup/plugin-typescript @sinonjs/fake-timers
    @storybook/react @stylistic/eslint-plugin @sveltejs/kit @sveltejs/vite-plugin-svelte @swc/cli
    @swc/core @swc/jest @swc/register @tanstack/react-query @testing-library/dom
    @testing-library/jest-dom @testing-library/react @testing-library/react-hooks
    @testing-library/user-event @testing-library/vue @tsconfig/node18 @tsconfig/node20
    @tsconfig/recommended @typescript-eslint/eslint-plugin @typescript-eslint/parser @vitejs/plugin-react
    @vitejs/plugin-vue @vitest/coverage-istanbul @vitest/coverage-v8 @vitest/eslint-plugin @vitest/ui
    @vue/cli-service @vue/compiler-sfc @vue/test-utils @vue/tsconfig @types/aws-lambda @types/bluebird
    @types/body-parser @types/chai @types/chai-as-promised @types/cookie-parser @types/cors @types/debug
    @types/deep-equal @types/diff @types/estree @types/express @types/fs-extra @types/glob
    @types/graceful-fs @types/inquirer @types/jasmine @types/jest @types/jquery @types/js-yaml
    @types/jsdom @types/json-schema @types/jsonwebtoken @types/koa @types/lodash @types/lodash-es
    @types/micromatch @types/mime-types @types/minimatch @types/minimist @types/mkdirp @types/mocha
    @types/mock-fs @types/morgan @types/ms @types/multer @types/node @types/node-fetch @types/pg
    @types/prop-types @types/qs @types/ramda @types/react @types/react-dom @types/react-router-dom
    @types/react-test-renderer @types/request @types/resolve @types/rimraf @types/semver @types/shelljs
    @types/sinon @types/sinon-chai @types/source-map-support @types/superagent @types/supertest
    @types/tape @types/through2 @types/tmp @types/uuid @types/validator @types/webpack @types/which
    @types/ws @types/xml2js @types/yargs
    """
)
"""Packages that so many projects use that a project may be meant to use them too."""

_SAME = _words(
    """
    ava borp browserify c8 codecov concurrently copyfiles coveralls cross-env cypress esbuild eslint
    http-server husky istanbul jasmine jest jscs jsdoc jshint karma lerna
    lint-staged markdownlint-cli mocha nodemon nodeunit nyc parcel prettier publint puppeteer
    qunit release-it rimraf rollup semistandard shx snazzy standard stylelint stylus svgo tap tape terser
    testem ts-node-dev ts-standard tsup tsx typedoc uvu vite vitest wait-on watchify xo start-server-and-test
    microbundle bunchee unbuild tsdown oxlint knip madge depcheck dprint mkdirp unimported bumpp taskr
    jasmine-node vows faucet tap-spec tap-dot jest-cli tap-min
    """
)
BRINGS: dict[str, str] = {**{name: name for name in _SAME}, **COMMANDS}
"""Commands, and the packages that are known to bring them."""


COMPANIONS: dict[str, str] = {
    "react-dom": "react",
    "react-test-renderer": "react",
    "react-is": "react",
    "jest-environment-jsdom": "jest",
    "jest-environment-node": "jest",
    "jest-cli": "jest",
    "babel-jest": "jest",
    "ts-jest": "jest",
    "vue-template-compiler": "vue",
    "@vue/compiler-sfc": "vue",
    "eslint-config-next": "next",
    "@next/eslint-plugin-next": "next",
    "@jest/globals": "jest",
    "@jest/types": "jest",
    "@types/jest": "jest",
    "@types/mocha": "mocha",
    "@vitest/ui": "vitest",
    "@vitest/coverage-v8": "vitest",
    "@vitest/coverage-istanbul": "vitest",
    "@typescript-eslint/parser": "@typescript-eslint/eslint-plugin",
    "@typescript-eslint/eslint-plugin": "@typescript-eslint/parser",
    "@eslint/js": "eslint",
    "@prisma/client": "prisma",
    "prisma": "@prisma/client",
    "@playwright/test": "playwright",
}
"""Packages whose first number goes with that of another one."""


def package_of(specifier: str) -> str:
    """Return the package that an import names; "" when it is a file, a built-in module or nonsense."""
    if specifier.startswith(
        (".", "/", "#", "~", "@/", "node:", "file:", "data:", "http:", "https:", "virtual:")
    ):
        return ""
    parts = specifier.split("?")[0].split("/")
    name = "/".join(parts[: 2 if specifier.startswith("@") else 1])
    if not NAME.fullmatch(name) or (specifier.startswith("@") and len(parts) < 2) or is_builtin(name):
        return ""
    return name


def is_builtin(name: str) -> bool:
    """Whether a module comes with Node itself."""
    return name.startswith("node:") or name in BUILTINS


def is_known(name: str) -> bool:
    """Whether a package is so widely used that a project may be meant to use it too."""
    return name in WELL_KNOWN or name in POPULAR or name in MORE


def types_of(package: str) -> str:
    """Return the package that has the types of another one."""
    bare = package.removeprefix("@")
    return package if package.startswith("@types/") else f"@types/{bare.replace('/', '__')}"


def untyped(types: str) -> str:
    """Return the package that a package of types is about."""
    bare = types.removeprefix("@types/")
    return f"@{bare.replace('__', '/')}" if "__" in bare else bare
