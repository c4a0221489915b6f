"""A grammar for what follows a module's header, in llama.cpp's notation (GBNF).

The synthesizable subset that rtlgen's corpus is written in: nets and registers, continuous
assignments, procedures, instances, generate loops, further modules. Whatever it accepts can be
parsed: names are no reserved words, and words that would run together have space between them.
Whether names are declared and widths fit is not its business.

Operators have no precedence here: a parser finds it, and a flat chain keeps the sampler fast.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import cache

from symbolic.names import KEYWORDS

_RULES = r"""
root     ::= sp item* "endmodule" (gap module)* [\n]?
module   ::= "module" gap name sp parms? "(" sp port ("," sp port)* ")" sp ";" sp item* "endmodule"
parms    ::= "#" sp "(" sp "parameter" gap pick ("," sp ("parameter" gap)? pick)* ")" sp
port     ::= (("input" | "output" | "inout") gap)? kind? range* name sp
kind     ::= (("wire" | "reg" | "logic" | "integer") gap)? ("signed" gap)?

item     ::= net | constant | assign | always | initial | instance | generate | genvar | loop | cond
net      ::= ("wire" | "reg" | "logic" | "integer") gap ("signed" gap)? range* var more-var* ";" sp
more-var ::= "," sp var
var      ::= name sp range* ("=" sp expr)?
range    ::= "[" sp expr (":" sp expr)? "]" sp
constant ::= ("localparam" | "parameter") gap kind? range* pick ("," sp pick)* ";" sp
pick     ::= name sp "=" sp expr
genvar   ::= "genvar" gap name sp ("," sp name sp)* ";" sp
assign   ::= "assign" gap target "=" sp expr ("," sp target "=" sp expr)* ";" sp
instance ::= name gap name sp "(" sp (pins | expr ("," sp expr)*)? ")" sp ";" sp
pins     ::= pin ("," sp pin)*
pin      ::= "." sp name sp "(" sp expr? ")" sp
generate ::= "generate" gap item* "endgenerate" gap
loop     ::= "for" sp "(" sp ("genvar" gap)? steps ")" sp body
cond     ::= "if" sp "(" sp expr ")" sp body ("else" gap body)?
body     ::= "begin" label item* "end" gap | item
label    ::= gap | sp ":" sp name gap

always   ::= ("always" | "always_ff") sp "@" sp events sp stmt | timeless gap stmt
timeless ::= "always_comb" | "always_latch"
events   ::= "*" | "(" sp ("*" | event (gap "or" gap event | sp "," sp event)*) sp ")"
event    ::= (("posedge" | "negedge") gap)? name
initial  ::= "initial" gap stmt
stmt     ::= block | if | case | for | put
block    ::= "begin" label (net | stmt)* "end" gap
if       ::= "if" sp "(" sp expr ")" sp branch ("else" gap branch)?
branch   ::= stmt | ";" sp
case     ::= ("case" | "casez" | "casex") sp "(" sp expr ")" sp arm+ "endcase" gap
arm      ::= ("default" sp | expr ("," sp expr)*) ":" sp branch
for      ::= "for" sp "(" sp (("integer" | "int") gap)? steps ")" sp stmt
steps    ::= pick ";" sp expr ";" sp name sp ("=" sp expr | ("++" | "--") sp)
put      ::= target ("<=" | "=") sp expr ";" sp
target   ::= name sp select* | "{" sp target ("," sp target)* "}" sp

expr     ::= chain ("?" sp expr ":" sp expr)?
chain    ::= reduced (binary (gap reduced | operand))*
reduced  ::= ("&" | "|" | "^" | "~&" | "~|" | "~^" | "^~") sp operand | operand
operand  ::= (("~" | "!" | "-" | "+") sp)* primary
binary   ::= [-+*/%&|^] | "**" | "~^" | "&&" | "||" | "<<" | ">>" | "<<<" | ">>>" | compared
compared ::= "==" | "!=" | "===" | "!==" | "<" | "<=" | ">" | ">="
primary  ::= number sp | name sp select* | call? "(" sp expr ")" sp | concat
call     ::= "$" ("signed" | "unsigned" | "clog2") sp
select   ::= "[" sp expr (("+:" | "-:" | ":") sp expr)? "]" sp
concat   ::= "{" sp expr ("{" sp list "}" sp | ("," sp expr)*) "}" sp
list     ::= expr ("," sp expr)*
number   ::= [0-9] [0-9_]* based? | based | "'" [01xXzZ]
based    ::= "'" [sS]? (binary-digits | octal-digits | [dD] [0-9] [0-9_]* | hexadecimal-digits)
binary-digits ::= [bB] [01xXzZ?] [01xXzZ?_]*
octal-digits ::= [oO] [0-7xXzZ?] [0-7xXzZ?_]*
hexadecimal-digits ::= [hH] [0-9a-fA-FxXzZ?] [0-9a-fA-FxXzZ?_]*

sp       ::= [ \t\n]*
gap      ::= [ \t\n] sp
word     ::= [a-zA-Z0-9_$]*
"""
_START = string.ascii_letters + "_"
_INSIDE = string.ascii_letters + string.digits + "_$"


@cache
def verilog_grammar() -> str:
    """Return the grammar of what follows a header, up to `endmodule` and a line break."""
    return "\n".join([_RULES.strip(), *_name_rules()]) + "\n"


def _name_rules() -> Iterator[str]:
    """Yield the rules of `name`: a tree of the beginnings of reserved words, none of which fits."""
    prefixes = {word[:end] for word in KEYWORDS for end in range(len(word) + 1)}
    for prefix in sorted(prefixes):
        allowed = _INSIDE if prefix else _START
        taken = [char for char in allowed if prefix + char in prefixes]
        ways = [f'"{char}" {_node(prefix + char)}' for char in taken]
        ways.append(f"[{_ranges(set(allowed) - set(taken))}] word")
        if prefix and prefix not in KEYWORDS:
            ways.append('""')
        yield f"{_node(prefix)} ::= {' | '.join(ways)}"


def _node(prefix: str) -> str:
    return f"name-{prefix.replace('_', '-')}" if prefix else "name"


def _ranges(chars: set[str]) -> str:
    """Return the members of a class, successive ones as a range."""
    runs: list[list[str]] = []
    for char in sorted(chars):
        if runs and ord(char) == ord(runs[-1][-1]) + 1:
            runs[-1].append(char)
        else:
            runs.append([char])
    return "".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else "".join(run) for run in runs)
