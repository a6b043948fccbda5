"""Names of Python modules, as far as they tell whose they are."""

from __future__ import annotations

__all__ = ["KNOWN", "NAMESPACES", "NOT_BUILT_IN", "OWN_NAMES", "REMOVED"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REMOVED = _words(
    # removed from Python 3 in the course of time, and those that only Python 2 had
    "aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter fpectl imghdr imp "
    "lib2to3 macpath macurl2path mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd "
    "sunau symbol telnetlib uu xdrlib ConfigParser HTMLParser Queue SocketServer StringIO cStringIO "
    "Tkinter tkMessageBox UserDict UserList UserString __builtin__ anydbm cPickle commands cookielib "
    "copy_reg dummy_thread httplib htmlentitydefs md5 sets sha thread urllib2 urlparse xmlrpclib "
    "BaseHTTPServer SimpleHTTPServer CGIHTTPServer SimpleXMLRPCServer DocXMLRPCServer exceptions new "
    "popen2 rfc822 mimetools robotparser repr whichdb dbhash dircache future_builtins"
)
"""Modules that the standard library no longer has."""
NOT_BUILT_IN = _words(
    "_sqlite3 _ctypes _bz2 _lzma _ssl _tkinter tkinter _curses _dbm _gdbm readline apt_pkg apt _uuid "
    "_hashlib _posixsubprocess gi dbus _cffi_backend rpm lsb_release _gi"
)
"""What a Python lacks that was built, or packaged by a distribution, without it."""
OWN_NAMES = _words(
    "app apps src test tests testing conftest config settings utils util helpers helper main core common "
    "lib models model api server db database backend services service project package module mymodule "
    "mypackage scripts tools setup_utils constants base schemas views routes handlers client plugins"
)
"""Names that hardly any distribution has, but many projects."""
NAMESPACES = _words(
    "google azure zope sphinxcontrib ruamel backports jaraco plone repoze paste opentelemetry "
    "mpl_toolkits flaskext airflow.providers databricks nvidia snowflake"
)
"""Packages of which several distributions install parts."""
KNOWN = _words(
    "numpy pandas scipy sklearn matplotlib torch torchvision tensorflow keras jax django flask werkzeug "
    "jinja2 markupsafe itsdangerous click requests urllib3 chardet certifi idna httpx httpcore starlette "
    "fastapi pydantic pydantic_core sqlalchemy alembic celery kombu marshmallow attr attrs yaml pytest "
    "_pytest pluggy py setuptools pkg_resources wheel pip importlib_metadata importlib_resources "
    "typing_extensions google protobuf grpc redis psycopg2 pymongo boto boto3 botocore aiohttp jwt "
    "cryptography OpenSSL cffi PIL cv2 lxml bs4 networkx nltk spacy gensim transformers tokenizers "
    "datasets huggingface_hub accelerate openai langchain langchain_core langchain_community llama_index "
    "anthropic tiktoken docutils sphinx nbformat nbconvert ipython IPython jupyter notebook traitlets "
    "tornado twisted gevent eventlet paramiko fabric invoke packaging jsonschema referencing rich typer "
    "black isort flake8 pyflakes pycodestyle mypy pylint astroid coverage hypothesis mock nose six future "
    "pkginfo twine virtualenv tox poetry hatchling flit_core skbuild Cython numba llvmlite sympy "
    "statsmodels seaborn plotly dash bokeh gym gymnasium stable_baselines3 ray dask xarray pyarrow fsspec "
    "s3fs distributed h5py tables rest_framework graphene wtforms flask_wtf flask_sqlalchemy flask_login "
    "peewee mongoengine motor asyncpg uvicorn gunicorn werkzeug.contrib simplejson ujson orjson dateutil "
    "pytz tzlocal arrow pendulum babel shapely geopandas fiona pyproj rasterio skimage imageio moviepy "
    "albumentations detectron2 timm einops wandb mlflow optuna xgboost lightgbm catboost "
    "pytorch_lightning lightning torchmetrics torchtext torchaudio onnx onnxruntime collections typing "
    "asyncio inspect unittest email xml html urllib json os sys time string fractions math importlib "
    "logging"
)
"""Distributions and modules of the standard library whose names nobody gives to an own package."""
