"""Which distribution brings a module, a fixture, an option, a command, or stubs: only what is well known.

A name that stands neither here nor in the project itself is never installed: anybody can publish a package
under the name that somebody mistypes.
"""

from __future__ import annotations

import sys
from collections.abc import Collection

from autonomous_cicd.domain.python_names import REMOVED
from autonomous_cicd.domain.requirement import normal

__all__ = [
    "COMMANDS",
    "EXTRAS",
    "FIXTURES",
    "MARKS",
    "OPTIONS",
    "SAME",
    "STUBS",
    "distribution_of",
    "is_standard",
    "looks_like",
    "modules_of",
    "stubs_for",
    "well_known",
]


def _table(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split())


_OTHER = _table(
    # modules whose distribution has another name
    """
    _pytest=pytest _yaml=PyYAML absl=absl-py aiohttp_cors=aiohttp-cors antlr4=antlr4-python3-runtime
    apscheduler=APScheduler argon2=argon2-cffi async_generator=async-generator async_timeout=async-timeout
    attr=attrs axe_selenium_python=axe-selenium-python azure.identity=azure-identity
    azure.storage.blob=azure-storage-blob babel=Babel backports.zoneinfo=backports.zoneinfo bleach=bleach
    brotli=Brotli bs4=beautifulsoup4 bson=pymongo chardet=chardet charset_normalizer=charset-normalizer
    clickhouse_driver=clickhouse-driver confluent_kafka=confluent-kafka corsheaders=django-cors-headers
    cpuinfo=py-cpuinfo crispy_forms=django-crispy-forms Crypto=pycryptodome Cryptodome=pycryptodomex
    cv2=opencv-python-headless Cython=Cython cython=Cython dash=dash dateutil=python-dateutil
    debug_toolbar=django-debug-toolbar discord=discord.py django=Django django_extensions=django-extensions
    django_filters=django-filter dns=dnspython docopt=docopt docutils=docutils docx=python-docx
    dotenv=python-dotenv email_validator=email-validator engineio=python-engineio environ=django-environ
    exceptiongroup=exceptiongroup execjs=PyExecJS factory=factory-boy faiss=faiss-cpu faker=Faker
    fitz=PyMuPDF flake8=flake8 flask=Flask flask_caching=Flask-Caching flask_cors=Flask-Cors
    flask_httpauth=Flask-HTTPAuth flask_login=Flask-Login flask_migrate=Flask-Migrate
    flask_restful=Flask-RESTful flask_sqlalchemy=Flask-SQLAlchemy flask_testing=Flask-Testing
    flask_wtf=Flask-WTF flit_core=flit-core flit_scm=flit-scm freezegun=freezegun fs=fs
    gi=PyGObject git=GitPython
    github=PyGithub gitlab=python-gitlab google.auth=google-auth google.cloud.bigquery=google-cloud-bigquery
    google.cloud.storage=google-cloud-storage google.protobuf=protobuf
    googleapiclient=google-api-python-client gql=gql graphql=graphql-core grpc=grpcio
    grpc_status=grpcio-status grpc_tools=grpcio-tools h2=h2 hamcrest=PyHamcrest hatch_vcs=hatch-vcs
    hpack=hpack hypothesis_jsonschema=hypothesis-jsonschema igraph=igraph
    importlib_metadata=importlib-metadata importlib_resources=importlib-resources IPython=ipython
    ipywidgets=ipywidgets isodate=isodate jaraco.context=jaraco.context jaraco.functools=jaraco.functools
    jaraco.text=jaraco.text jinja2=Jinja2 jose=python-jose json5=json5
    jsonschema_specifications=jsonschema-specifications jwt=PyJWT kafka=kafka-python ldap=python-ldap
    Levenshtein=Levenshtein levenshtein=Levenshtein linkify_it=linkify-it-py lxml=lxml lz4=lz4
    magic=python-magic markdown=Markdown markdown_it=markdown-it-py markupsafe=MarkupSafe
    marshmallow_sqlalchemy=marshmallow-sqlalchemy mdit_py_plugins=mdit-py-plugins memcache=python-memcached
    mesonbuild=meson mesonpy=meson-python mimesis=mimesis more_itertools=more-itertools
    mpl_toolkits=matplotlib msgpack=msgpack
    multipart=python-multipart mypy_extensions=mypy-extensions mysql.connector=mysql-connector-python
    MySQLdb=mysqlclient myst_parser=myst-parser nacl=PyNaCl netCDF4=netCDF4 nose2=nose2 notebook=notebook
    numpydoc=numpydoc odf=odfpy OpenGL=PyOpenGL openid=python3-openid OpenSSL=pyOpenSSL
    opentelemetry.api=opentelemetry-api opentelemetry.sdk=opentelemetry-sdk orjson=orjson osgeo=GDAL
    pallets_sphinx_themes=Pallets-Sphinx-Themes pam=python-pam paste.deploy=PasteDeploy
    pdm.backend=pdm-backend pep8=pep8 PIL=pillow pkg_resources=setuptools pluggy=pluggy ply=ply
    poetry.core=poetry-core poetry_dynamic_versioning=poetry-dynamic-versioning pptx=python-pptx
    prometheus_client=prometheus-client
    prompt_toolkit=prompt-toolkit psycopg2=psycopg2-binary py=py pyasn1_modules=pyasn1-modules
    pyaudio=PyAudio pycodestyle=pycodestyle pyfakefs=pyfakefs pyflakes=pyflakes pygments=Pygments
    pymysql=PyMySQL pyparsing=pyparsing PyPDF2=PyPDF2 pypdf=pypdf pyperclip=pyperclip pyprojroot=pyprojroot
    pyramid=pyramid pyrsistent=pyrsistent pytest_asyncio=pytest-asyncio pytest_bdd=pytest-bdd
    pytest_benchmark=pytest-benchmark pytest_cov=pytest-cov pytest_django=pytest-django
    pytest_httpserver=pytest-httpserver pytest_httpx=pytest-httpx pytest_lazyfixture=pytest-lazy-fixture
    pytest_mock=pytest-mock pytest_regressions=pytest-regressions pytest_subtests=pytest-subtests
    pytest_timeout=pytest-timeout pytest_trio=pytest-trio pytest_twisted=pytest-twisted
    pytest_xdist=pytest-xdist python_multipart=python-multipart pythoncom=pywin32 pywt=PyWavelets
    pyximport=Cython rapidjson=python-rapidjson redis=redis requests_mock=requests-mock
    requests_oauthlib=requests-oauthlib requests_toolbelt=requests-toolbelt
    rest_framework=djangorestframework rfc3339_validator=rfc3339-validator rfc3987=rfc3987 rpds=rpds-py
    ruamel.yaml=ruamel.yaml s3transfer=s3transfer secretstorage=SecretStorage serial=pyserial
    setuptools_rust=setuptools-rust setuptools_scm=setuptools-scm simple_history=django-simple-history
    sipbuild=sip skbuild=scikit-build
    skimage=scikit-image sklearn=scikit-learn slugify=python-slugify snappy=python-snappy sniffio=sniffio
    socketio=python-socketio socks=PySocks sortedcontainers=sortedcontainers sphinx=Sphinx
    sphinx_autodoc_typehints=sphinx-autodoc-typehints sphinx_click=sphinx-click
    sphinx_copybutton=sphinx-copybutton sphinx_design=sphinx-design sphinx_rtd_theme=sphinx-rtd-theme
    sqlalchemy=SQLAlchemy sqlalchemy_utils=SQLAlchemy-Utils sqlmodel=sqlmodel stdnum=python-stdnum
    storages=django-storages telegram=python-telegram-bot text_unidecode=text-unidecode
    time_machine=time-machine tkinterdnd2=tkinterdnd2 tlz=toolz tomli_w=tomli-w twisted=Twisted
    typing_extensions=typing-extensions tzlocal=tzlocal unidecode=Unidecode usb=pyusb
    user_agents=user-agents uv_build=uv-build uvloop=uvloop vcr=vcrpy webob=WebOb
    websocket=websocket-client webtest=WebTest
    werkzeug=Werkzeug whitenoise=whitenoise wtforms=WTForms wx=wxPython xdist=pytest-xdist Xlib=python-xlib
    xlrd=xlrd yaml=PyYAML zmq=pyzmq zope.component=zope.component zope.event=zope.event
    zope.interface=zope.interface zstandard=zstandard
    Bio=biopython azure.core=azure-core backports.functools_lru_cache=backports.functools-lru-cache
    backports.tarfile=backports.tarfile barcode=python-barcode cairosvg=CairoSVG cerberus=Cerberus
    codespell_lib=codespell decouple=python-decouple ffmpeg=ffmpeg-python flask_admin=Flask-Admin
    flask_babel=Flask-Babel flask_bcrypt=Flask-Bcrypt flask_compress=Flask-Compress
    flask_jwt_extended=Flask-JWT-Extended flask_limiter=Flask-Limiter flask_mail=Flask-Mail
    flask_session=Flask-Session flask_socketio=Flask-SocketIO gnupg=python-gnupg
    google.api_core=google-api-core google.cloud.firestore=google-cloud-firestore
    google.cloud.logging=google-cloud-logging google.cloud.pubsub=google-cloud-pubsub hcl2=python-hcl2
    imapclient=IMAPClient imblearn=imbalanced-learn import_export=django-import-export
    jaraco.classes=jaraco.classes jaraco.collections=jaraco.collections jaraco.itertools=jaraco.itertools
    jaraco.path=jaraco.path jaraco.test=jaraco.test logbook=Logbook model_utils=django-model-utils
    pdfminer=pdfminer.six pyrfc3339=pyRFC3339 pytestqt=pytest-qt pythonjsonlogger=python-json-logger
    pywintypes=pywin32 rest_framework_simplejwt=djangorestframework-simplejwt rtree=Rtree sass=libsass
    skopt=scikit-optimize snowflake.connector=snowflake-connector-python
    speech_recognition=SpeechRecognition sphinxcontrib.bibtex=sphinxcontrib-bibtex
    sphinxcontrib.httpdomain=sphinxcontrib-httpdomain spnego=pyspnego umap=umap-learn win32api=pywin32
    win32con=pywin32 winrm=pywinrm xlsxwriter=XlsxWriter xmlrunner=unittest-xml-reporting
    yaml_env_tag=pyyaml_env_tag zope.configuration=zope.configuration
    zope.deferredimport=zope.deferredimport zope.exceptions=zope.exceptions zope.hookable=zope.hookable
    zope.proxy=zope.proxy zope.schema=zope.schema zope.testing=zope.testing
    """
)
SAME = frozenset(
    # modules whose distribution has the same name
    """
    aiofiles aiohttp aiosqlite alabaster alembic altair annotated_types anyio appdirs argcomplete arrow
    asgiref astroid asttokens asyncpg asynctest atomicwrites attrs autobahn automat bcrypt billiard
    binaryornot black blinker bokeh boltons boto boto3 botocore bottle build cachecontrol cached_property
    cachetools cattrs celery certifi cffi chameleon cheroot cherrypy chevron click cloudpickle colorama
    coloredlogs colorlog commonmark configargparse configobj constantly construct contourpy cookiecutter
    coverage croniter cryptography cssselect cssselect2 cssutils cycler cytoolz dacite dask databases
    dataclasses_json datasets decorator deepdiff defusedxml deprecated deprecation dill distlib distributed
    distro dnspython docker docopt doublex dulwich ecdsa einops elasticsearch entrypoints execnet executing
    fabric falcon fastapi fastjsonschema fastparquet feedparser filelock fiona first flaky flexmock flit
    fonttools freetype frozendict frozenlist fsspec furl furo future genshi gensim geopandas gevent glom
    graphene greenlet gunicorn h11 h5py hatch hatchling hiredis hjson html2text html5lib httpbin httpcore
    httplib2 httptools httpx humanfriendly humanize hypercorn hyperlink hypothesis idna imageio
    immutabledict incremental inflect inflection iniconfig invoke isort itsdangerous jax jedi jeepney
    jellyfish jmespath joblib jsonpatch jsonpath_ng jsonpickle jsonpointer jsonschema keras keyring
    kiwisolver kombu lark lazy_object_proxy librosa lightgbm limits llvmlite lockfile loguru mako mando
    markdown2 markdownify marshmallow matplotlib maturin mccabe mdformat mdurl mechanize mistune mkdocs mock
    mongoengine mongomock more_executors moto mpmath msgspec multidict multipledispatch mypy natsort
    nbconvert nbformat netaddr networkx nltk nose nose2 nox numba numexpr numpy oauthlib openpyxl opt_einsum
    ordered_set outcome packaging pandas parameterized paramiko parse parsel parso passlib pastel pathlib2
    pathspec patsy pbr peewee pendulum pexpect phonenumbers pika pip pipenv pkginfo platformdirs plotly polars
    portalocker psutil psycopg ptyprocess pudb pure_eval pyarrow pyasn1 pybind11 pycparser pycurl pydantic
    pydantic_core pydantic_settings pydot pyelftools pyftpdlib pygal pygit2 pyglet pyinstrument pyjson5
    pylint pymongo pymysql pyotp pyperf pypika pyproj pyproject_hooks pyquery pysftp pystache pytest pytz
    pyzstd qrcode rapidfuzz rasterio referencing regex reportlab requests responses respx retrying rfc3986
    rfc3986_validator rich rsa ruff scikit_build_core scipy scrapy seaborn selenium semver sentry_sdk
    setproctitle setuptools shapely shellingham simplejson singledispatch six smmap sniffio snowballstemmer
    soupsieve spacy sqlparse sse_starlette stack_data starlette statsmodels stevedore structlog sure sybil
    sympy syrupy tables tablib tabulate tblib tenacity tensorflow termcolor testfixtures testtools texttable
    threadpoolctl tinycss2 tinydb toml tomli tomlkit toolz torch torchvision tornado tox tqdm traitlets
    transformers translationstring treq trio trustme twine typeguard typer typing_inspect tzdata ujson
    uncertainties unittest2 uritemplate urllib3 urwid uv_dynamic_versioning uvicorn validators venusian
    versioneer versioningit virtualenv voluptuous waitress watchdog watchfiles wcwidth webcolors
    webencodings websockets wheel whoosh wrapt wsproto xarray
    xmlschema xmltodict xxhash yapf yarl zarr zipp
    a2wsgi accelerate aenum aiobotocore aiocache aiodns aioitertools aiomysql aiopg aioredis aiosignal
    aiosmtplib aiounittest anytree apispec asn1crypto astor astunparse asyncclick asyncmy asyncssh
    autoflake autopep8 avro backoff bandit base58 betamax bidict bitarray bitstring bracex catboost cbor2
    click_default_group click_option_group click_plugins cligj cvxpy cymem daphne dateparser ddt deepmerge
    dictdiffer diff_match_patch dirty_equals diskcache dj_database_url django_celery_beat django_redis
    drf_spectacular drf_yasg duckdb durationpy editables editdistance elementpath eval_type_backport
    expiringdict extruct fakeredis fastavro fasteners flask_marshmallow flask_talisman flatbuffers
    flatten_dict formulaic ftfy funcsigs funcy geopy gitdb graphviz gspread hashids httpretty
    huggingface_hub hypothesmith icalendar icecream ipykernel iso8601 janus jieba jsondiff jsonlines
    jsonpath_rw jsonref jupyter_client jupyter_core jupyter_server jwcrypto kazoo langcodes langdetect
    lazy_loader ldap3 libcst lmdb lupa mashumaro mergedeep minio mlflow mmh3 motor multiprocess munch
    murmurhash nameparser nbclient nbsphinx netifaces nptyping numpoly objgraph olefile onnx onnxruntime
    openai optuna oracledb orderedmultidict pamqp pandera papermill parsedatetime parsimonious
    pathvalidate pdfplumber pefile piexif pikepdf pint plotnine plumbum polib pooch pretend prettytable
    psycopg_pool publicsuffix2 purl pyaes pyahocorasick pybtex pycountry pydash pydub pyee pyfiglet
    pygtrie pyhocon pykwalify pylibmc pymemcache pymssql pynput pyodbc pypandoc pyroute2 pyspark
    pytest_aiohttp pytest_cases pytest_check pytest_click pytest_codspeed pytest_console_scripts
    pytest_datadir pytest_dependency pytest_docker pytest_doctestplus pytest_env pytest_examples
    pytest_factoryboy pytest_flask pytest_forked pytest_freezer pytest_html pytest_lazy_fixtures
    pytest_memray pytest_metadata pytest_mpl pytest_mypy_plugins pytest_order pytest_playwright
    pytest_postgresql pytest_randomly pytest_recording pytest_remotedata pytest_repeat
    pytest_rerunfailures pytest_run_parallel pytest_snapshot pytest_socket pytest_split pytest_subprocess
    pytest_tornado pytest_virtualenv pythonping pytimeparse pytorch_lightning pyudev pyvista quart
    questionary rcssmin rdflib readme_renderer recommonmark requests_cache requests_file requests_futures
    requests_ntlm rfc3987_syntax rich_click rioxarray rjsmin rpyc safetensors sanic schematics
    semantic_version sentence_transformers sentencepiece shortuuid simpleeval simpy skyfield slack_sdk
    smart_open snakeviz soundfile sphinx_argparse sphinx_autobuild sphinx_gallery sphinx_tabs
    sqlalchemy_continuum sqlglot sqlitedict strictyaml stripe svgwrite tensorboard testcontainers
    textdistance textual thefuzz thriftpy2 tifffile tiktoken tinyhtml5 tldextract tokenize_rt tokenizers
    toposort tree_sitter trimesh txaio typepy typeshed_client ua_parser unicodecsv unidiff untangle
    uritools url_normalize vine vobject wandb wasabi weasyprint webargs webdriver_manager wsgi_intercept
    xdoctest xgboost xlutils xlwt xmlsec yt_dlp zeep zeroconf zict zxcvbn
    insegel mike mkdocs_jupyter mkdocstrings shibuya
    """.split()  # noqa: SIM905 - a list of hundreds of words
)
FIXTURES = _table(
    """
    admin_client=pytest-django admin_user=pytest-django aiohttp_client=pytest-aiohttp
    aiohttp_server=pytest-aiohttp autojump_clock=pytest-trio benchmark=pytest-benchmark
    benchmark_weave=pytest-benchmark class_mocker=pytest-mock console_scripts=pytest-console-scripts
    cov=pytest-cov data_regression=pytest-regressions datadir=pytest-datadir
    dataframe_regression=pytest-regressions db=pytest-django django_assert_num_queries=pytest-django
    django_db_setup=pytest-django django_user_model=pytest-django event_loop=pytest-asyncio
    fake_process=pytest-subprocess faker=Faker file_regression=pytest-regressions fp=pytest-subprocess
    freezer=pytest-freezer fs=pyfakefs http_server_client=pytest-tornasync httpserver=pytest-httpserver
    httpx_mock=pytest-httpx image_regression=pytest-regressions jp_fetch=pytest-jupyter
    jp_serverapp=pytest-jupyter lazy_shared_datadir=pytest-datadir live_server=pytest-django
    loop=pytest-aiohttp mailoutbox=pytest-django metadata=pytest-metadata mocker=pytest-mock
    module_mocker=pytest-mock no_cover=pytest-cov num_regression=pytest-regressions nursery=pytest-trio
    original_datadir=pytest-datadir package_mocker=pytest-mock postgresql=pytest-postgresql qtbot=pytest-qt
    recording_config=pytest-recording redisdb=pytest-redis requests_mock=requests-mock respx_mock=respx
    rf=pytest-django script_runner=pytest-console-scripts session_mocker=pytest-mock
    shared_datadir=pytest-datadir snapshot=syrupy socket_disabled=pytest-socket socket_enabled=pytest-socket
    subtests=pytest-subtests testrun_uid=pytest-xdist time_machine=time-machine
    tornado_client=pytest-tornasync transactional_db=pytest-django unused_tcp_port=pytest-asyncio
    unused_tcp_port_factory=pytest-asyncio vcr=pytest-vcr worker_id=pytest-xdist
    """
)
"""Fixtures of pytest, and the plugin that has them."""
MARKS = _table(
    "asyncio=pytest-asyncio trio=pytest-trio django_db=pytest-django timeout=pytest-timeout"
    " benchmark=pytest-benchmark flaky=pytest-rerunfailures xdist_group=pytest-xdist"
    " httpx_mock=pytest-httpx freeze_time=pytest-freezer forked=pytest-forked gevent=pytest-gevent"
    " repeat=pytest-repeat order=pytest-order twisted=pytest-twisted anyio=anyio"
    " vcr=pytest-recording dependency=pytest-dependency parallel=pytest-run-parallel"
)
"""Marks of pytest, and the plugin that obeys them."""
OPTIONS = _table(
    """
    --allow-hosts=pytest-socket --allow-unix-socket=pytest-socket --asyncio-mode=pytest-asyncio
    --benchmark-autosave=pytest-benchmark --benchmark-columns=pytest-benchmark
    --benchmark-disable=pytest-benchmark --benchmark-only=pytest-benchmark --benchmark-skip=pytest-benchmark
    --benchmark-sort=pytest-benchmark --black=pytest-black --boxed=pytest-forked --count=pytest-repeat
    --cov-append=pytest-cov --cov-branch=pytest-cov --cov-config=pytest-cov --cov-context=pytest-cov
    --cov-fail-under=pytest-cov --cov-report=pytest-cov --cov=pytest-cov --create-db=pytest-django
    --disable-socket=pytest-socket --dist=pytest-xdist --docker-compose=pytest-docker-compose
    --doctest-plus=pytest-doctestplus --doctest-rst=pytest-doctestplus --ds=pytest-django
    --durations-path=pytest-split --flake8=pytest-flake8 --force-regen=pytest-regressions
    --forked=pytest-forked --html=pytest-html --hypothesis-profile=hypothesis --hypothesis-seed=hypothesis
    --hypothesis-show-statistics=hypothesis --instafail=pytest-instafail --isort=pytest-isort
    --json-report=pytest-json-report --looponfail=pytest-xdist --max-worker-restart=pytest-xdist
    --maxprocesses=pytest-xdist --memray=pytest-memray --mpl=pytest-mpl --mypy-config-file=pytest-mypy
    --mypy=pytest-mypy -n=pytest-xdist --nbmake=nbmake --nbval=nbval --no-cov-on-fail=pytest-cov
    --no-cov=pytest-cov --nomigrations=pytest-django --numprocesses=pytest-xdist
    --open-files=pytest-openfiles --parallel-threads=pytest-run-parallel --picked=pytest-picked
    --pylint=pytest-pylint --random-order-bucket=pytest-random-order --random-order=pytest-random-order
    --randomly-seed=pytest-randomly --record-mode=pytest-recording --remote-data=pytest-remotedata
    --reruns-delay=pytest-rerunfailures --reruns=pytest-rerunfailures --reuse-db=pytest-django
    --ruff=pytest-ruff --self-contained-html=pytest-html --session-timeout=pytest-timeout
    --snapshot-update=syrupy --splits=pytest-split --testmon=pytest-testmon --timeout-method=pytest-timeout
    --timeout=pytest-timeout --timeout_method=pytest-timeout --tx=pytest-xdist
    --typeguard-packages=typeguard
    """
)
"""Options of pytest, and the plugin that takes them."""
COMMANDS = _table(
    """
    abi3audit=abi3audit alembic=alembic asv=asv auditwheel=auditwheel autoflake=autoflake autopep8=autopep8
    bandit=bandit behave=behave black=black build=build bumpversion=bump2version celery=celery
    check-manifest=check-manifest cibuildwheel=cibuildwheel cmake=cmake codespell=codespell
    coverage=coverage cython=Cython cythonize=Cython deptry=deptry django-admin=Django djlint=djlint
    dmypy=mypy doc8=doc8 docformatter=docformatter doit=doit fab=fabric flake8=flake8 flask=Flask flit=flit
    green=green gunicorn=gunicorn hatch=hatch import-linter=import-linter interrogate=interrogate inv=invoke
    invoke=invoke ipython=ipython isort=isort jupyter-nbconvert=nbconvert jupyter=jupyter
    lint-imports=import-linter locust=locust maturin=maturin mdformat=mdformat meson=meson mkdocs=mkdocs
    mypy=mypy ninja=ninja nose2=nose2 nosetests=nose nox=nox pdm=pdm pip-audit=pip-audit
    pip-compile=pip-tools pip-sync=pip-tools pipenv=pipenv poetry=poetry pre-commit=pre-commit
    py.test=pytest pybabel=Babel pycodestyle=pycodestyle pydocstyle=pydocstyle pyflakes=pyflakes
    pylint=pylint pyproject-build=build pyre=pyre-check pyright=pyright pytest=pytest pytype=pytype
    pyupgrade=pyupgrade radon=radon robot=robotframework rstcheck=rstcheck ruff=ruff safety=safety
    scrapy=scrapy slotscheck=slotscheck sphinx-apidoc=Sphinx sphinx-autobuild=sphinx-autobuild
    sphinx-build=Sphinx sqlfluff=sqlfluff stubgen=mypy stubtest=mypy towncrier=towncrier tox=tox twine=twine
    uv=uv uvicorn=uvicorn validate-pyproject=validate-pyproject vulture=vulture xenon=xenon
    yamllint=yamllint yapf=yapf
    """
)
"""Commands, and the distribution that brings them."""
STUBS = _table(
    """
    bleach=types-bleach boltons=types-boltons cachetools=types-cachetools colorama=types-colorama
    croniter=types-croniter dateutil=types-python-dateutil defusedxml=types-defusedxml docker=types-docker
    docopt=types-docopt docutils=types-docutils editdistance=types-editdistance first=types-first
    google.protobuf=types-protobuf html5lib=types-html5lib httplib2=types-httplib2 ibm_db=types-ibm-db
    jmespath=types-jmespath jose=types-python-jose jsonschema=types-jsonschema ldap3=types-ldap3
    lxml=lxml-stubs markdown=types-Markdown mock=types-mock networkx=types-networkx oauthlib=types-oauthlib
    openpyxl=types-openpyxl pandas=pandas-stubs paramiko=types-paramiko passlib=types-passlib
    peewee=types-peewee pexpect=types-pexpect pkg_resources=types-setuptools polib=types-polib
    psutil=types-psutil psycopg2=types-psycopg2 pyasn1=types-pyasn1 pygments=types-Pygments
    pymysql=types-PyMySQL pytz=types-pytz pywin32=types-pywin32 redis=types-redis regex=types-regex
    requests=types-requests serial=types-pyserial setuptools=types-setuptools shapely=types-shapely
    simplejson=types-simplejson six=types-six tabulate=types-tabulate toml=types-toml
    toposort=types-toposort tqdm=types-tqdm ttkthemes=types-ttkthemes tzlocal=types-tzlocal
    ujson=types-ujson unidiff=types-unidiff xmltodict=types-xmltodict yaml=types-PyYAML zxcvbn=types-zxcvbn
    """
)
"""Modules, and the distribution of their stubs."""
EXTRAS = _table(
    "email_validator=email-validator multipart=python-multipart socks=PySocks h2=h2 jinja2=Jinja2"
    " tomli=tomli argon2=argon2-cffi openpyxl=openpyxl lxml=lxml html5lib=html5lib tabulate=tabulate"
)
"""Distributions that others need for a part of what they do."""
_KNOWN = frozenset(
    normal(name)
    for table in (_OTHER, FIXTURES, MARKS, OPTIONS, COMMANDS, STUBS, EXTRAS)
    for name in table.values()
) | frozenset(normal(name) for name in SAME)


def distribution_of(module: str, mentioned: Collection[str] = ()) -> str:
    """Return the distribution that brings a module; "" when nothing vouches for one.

    `mentioned`: the distributions that the project itself names, as indexes compare them.
    """
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if known := _OTHER.get(name):
            return _preferred(known, mentioned)
    top = parts[0]
    if top in SAME:
        return top.replace("_", "-")
    name = normal(top)
    if name in mentioned:
        return top.replace("_", "-")
    # The project itself names it, as one for Python: `delegator.py`, `python-frontmatter`. What is well known
    # brings what the tables say: `pylint` has no module `lint`.
    tries = (f"{name}-py", f"py-{name}", f"py{name}", f"{name}-python", f"python-{name}")
    found = [one for one in tries if one in mentioned and one not in _KNOWN]
    return found[0] if len(found) == 1 else ""


def _preferred(known: str, mentioned: Collection[str]) -> str:
    """Return the one of several equal distributions that the project already uses."""
    others = {
        "opencv-python-headless": ("opencv-python", "opencv-contrib-python"),
        "psycopg2-binary": ("psycopg2",),
        "pycryptodome": ("pycrypto",),
        "Levenshtein": ("python-levenshtein",),
        "faiss-cpu": ("faiss-gpu",),
    }
    return next((one for one in others.get(known, ()) if one in mentioned), known)


def modules_of(distribution: str) -> frozenset[str]:
    """Return the top-level modules that a distribution is known, or can be guessed, to bring."""
    name = normal(distribution)
    found = {module.partition(".")[0] for module, other in _OTHER.items() if normal(other) == name}
    return frozenset({*found, name.replace("-", "_"), distribution})


def well_known(distribution: str) -> bool:
    """Whether a distribution stands in these tables."""
    return normal(distribution) in _KNOWN


def stubs_for(module: str) -> str:
    """Return the distribution of a module's stubs; "" when none is known."""
    parts = module.split(".")
    tries = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((STUBS[name] for name in tries if name in STUBS), "")


def is_standard(module: str) -> bool:
    """Whether a module is, or once was, one of the standard library."""
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top in REMOVED


def looks_like(module: str, known: Collection[str] = ()) -> str:
    """Return the well-known name that a module is mistaken for by a letter or two; "" when there is none."""
    name = normal(module.partition(".")[0])
    if len(name) < 4 or name in _KNOWN or distribution_of(module, known):
        return ""
    names = {
        *_KNOWN,
        *map(normal, known),
        *(normal(one) for one in _OTHER if one[0] != "_"),
        *sys.stdlib_module_names,
    }
    near = sorted(one for one in names if one != name and abs(len(one) - len(name)) < 2 and _near(name, one))
    return near[0] if near else ""


def _near(one: str, other: str) -> bool:
    """Whether two words differ by one letter more, less or other, or by two that changed places."""
    if len(one) == len(other):
        wrong = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
        return len(wrong) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))
