import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.script import commands

CASES = {
    "": (),
    "pip install .": (("pip", "install", "."),),
    "a; b && c || d | e & f\ng": (("a",), ("b",), ("c",), ("d",), ("e",), ("f",), ("g",)),
    'echo "sudo a; sudo b"': (("echo", "sudo a; sudo b"),),
    "echo 'it''s' # sudo x\nls": (("echo", "its"), ("ls",)),
    "A=1 B+=2 sudo -E apt-get update": (("sudo", "-E", "apt-get", "update"),),
    "if ! sudo true; then x; fi": (("sudo", "true"), ("x",)),
    "env -i FOO=1 make": (("make",),),
    "timeout 30 sudo ls": (("sudo", "ls"),),
    "command -v sudo": (("command", "-v", "sudo"),),
    "command sudo ls": (("sudo", "ls"),),
    'echo "$(sudo id) done"; ls': (("echo",), ("sudo", "id"), (" done",), ("ls",)),
    "echo `sudo id`": (("echo",), ("sudo", "id")),
    "echo $((1 + 2))": (("echo", "$"), ("1", "+", "2")),
    "cat <<EOF > x\nsudo rm\nEOF\nls": (("cat", "<<EOF", ">", "x"), ("ls",)),
    "cat <<-'END'\n\tsudo rm\n\tEND\nls": (("cat", "<<-END"), ("ls",)),
    "pip install \\\n  x": (("pip", "install", "x"),),
    "echo a\\;b": (("echo", "a;b"),),
    "echo '\\'; ls": (("echo", "\\"), ("ls",)),
    "# only a comment": (),
    "echo x#y": (("echo", "x#y"),),
    "echo \\": (("echo",),),
    "env": (),
    "cat <<< word\nword": (("cat", "<<<", "word"), ("word",)),
    "cat <<NEVER\nls": (("cat", "<<NEVER"), ("ls",)),
    "cat <<A <<B\nx\nA\ny\nB\nls": (("cat", "<<A", "<<B"), ("ls",)),
}


@pytest.mark.parametrize(("script", "expected"), CASES.items())
def test_finds_the_commands_of_a_script(script: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert expected == commands(script)


@given(st.text(alphabet="ab '\"$()`;\\\n#<=E", max_size=60))
def test_reads_any_text_without_a_crash_and_yields_no_empty_command(script: str) -> None:
    assert all(commands(script))
