"""Words and forms by which running text declares ports."""

from __future__ import annotations

import re

from rtlgen.spec.declared import NO_NAMES
from rtlgen.spec.text import IDENTIFIER, words

LONGEST = 2000
"""Characters of a sentence that are searched."""
QUOTED = re.compile(rf'"({IDENTIFIER})\s?(\[[^\]"]{{1,40}}\])?"(\s?\[[^\]]{{1,40}}\])?')
COUNT = r"(?:\d+|[A-Za-z]+(?:-[a-z]+)?)"
BITS = re.compile(
    rf"\bwidth\s+(?:of\s+)?\d+\b|\b{COUNT}[\s-]bits?\b|\b(?:single|one)[\s-]bit\b", re.IGNORECASE
)
SIGNED = re.compile(r"(?<!un)\bsigned\b", re.IGNORECASE)
CUE = re.compile(
    r"(?P<side>\bon\s+the\s+(?:in|out)put\s+side\b[^.:;]{0,20}?\b(?:has|are|is)\b)"
    r"|(?<!states\sand\s)(?<!states\swith\s)\b(?P<direction>inputs?|outputs?)\b(?!\s+side)"
    rf"(?P<remark>\s*\([^(),]{{0,40}}\)|,\s*{COUNT}[\s-]bits?(?:\s+each)?(?=:)"
    rf"|\s+of\s+{COUNT}[\s-]bits?(?:\s+each)?(?=:|,))?"
    r"(?:\s+(?:ports?|signals?|pins?|lines?)\b)?"
    r"(?P<link>\s*:|\s+-|\s*,|\s+(?:are|is|called|named)\b:?)?"
    r"|(?:^|(?<=[.;]\s)|(?<=then\s)|(?<=also\s))(?P<short>in|out)(?P<colon>:)"
    r"|\b(?P<way>com(?:es?|ing)\s+in\s+on|coming\s+in:|arrives?\s+on|enters?\s+on|go(?:es)?\s+out\s+on"
    r"|com(?:es?|ing)\s+out\s+on|coming\s+out:|leaves?\s+on|appears?\s+on|shows?\s+up\s+on)(?=\s)"
    r"|(?P<timed>(?:^|(?<=[.;]\s))(?:clocks?|resets?)(?:\s*(?:/|&|and)\s*resets?)?:)"
    r"|\b(?P<verb>takes|gets|accepts|receives|expects|drives|produces|delivers|generates|returns"
    r"|gives\s+back|puts(?:\s+out)?)\b",
    re.IGNORECASE,
)
TAKING = words("takes gets accepts receives expects")
BEHIND = re.compile(
    r"(?:\b(?:is|are)|,(?=\s+all\b))\s+(?:(?:all|both|an?|the|also)\s+)*(?P<attributes>(?:[\w-]+\s+){0,4}?)"
    r"(?P<direction>inputs?|outputs?)\b(?!\s+(?:of(?!\s+\d)|to|side|is|are)\b)",
    re.IGNORECASE,
)
ATTRIBUTES = words(
    "a an the of is are be shall which that with as it its one two three four five six seven "
    "eight single bit bits wide each both all them number numbers value signed unsigned two's "
    "complement registered register registers combinational active high low rising falling "
    "positive negative edge edges clock reset synchronous asynchronous async sync posedge "
    "negedge too also only vector integer binary together well used already every whose width "
    "vectors vector holding -"
)
NOT_BEFORE_NAME = words(
    "already all everything nothing it they if when while whenever unless until because of to "
    "from by is are was must shall should will can may has have had so then than not no this "
    "these those that which who what where how for in on at into within after before during "
    "but or only any every"
)
ENDS = re.compile(
    r"\b(?:is|are|was|shall|should|must|will|can|may|has|have|which|that|says|gives|giving|tells|"
    r"carries|holds|for|with|when|if|while|to|from|in|on|at|of|holding|as|whose|comes|goes|where|"
    r"clears|stands|being|begins|by|describes|contains|writes|whenever|until|each)\b|[=<>]| - ",
    re.IGNORECASE,
)
MARKED = re.compile(
    rf'"(?P<name>{IDENTIFIER})"\s*\((?P<said>[^()]*?\b(?P<direction>input|output)\b[^()]*)\)'
    rf"|(?<![\w\"])(?P<name3>{IDENTIFIER})\s*\((?P<said3>(?P<direction3>input|output)\b[^()]*)\)"
    rf"|\b(?P<name2>(?=\w*[_\d]){IDENTIFIER}),\s+an?\s+(?P<said2>[\w\s-]{{0,30}}?)\b(?P<direction2>input|output)(?=[,.;)])"
)
WIDE = re.compile(
    rf"\b(?:\d+|one|two|three|four|eight|single)[\s-]bit\s+(?:input|output)\s+(?:called\s+|named\s+)?(?P<name>{IDENTIFIER})\b"
)
"""`a 16-bit input divisor`: surely a name."""
RUN = re.compile(
    rf'(?:"{IDENTIFIER}"(?:\s*\([^()]*\))?\s*(?:,\s*(?:and\s+)?|\band\s+))*"{IDENTIFIER}"(?:\s*\([^()]*\))?\s*,?\s*\Z'
)
"""The quoted names that end a text."""
EACH = re.compile(r"\beach\b", re.IGNORECASE)
SHORT = 3
"""Letters of a name that is hardly a word: `a carry input ci`."""
TOKEN = re.compile(
    rf"(?P<no>\b(?:no|without)\s+(?:an?\s+)?)?(?<![\w$])(?P<token>{IDENTIFIER})", re.IGNORECASE
)
NO_WORD = re.compile(
    r"(?:[a-z]\w*_)?[a-z]?clk(?:_\w+|[a-z]|\d*)?|(?:[a-z]\w*_)?[asn]?rst(?:_\w+|[nib]|\d*)?",
    re.IGNORECASE,
)
"""Names of clocks and resets that are no words of a sentence."""
OF_ALL = re.compile(r"\b(?:each|both|all)\b|\A\W*are\b|\A\s*-", re.IGNORECASE)
ALSO = r"\b(?:and|as well as|along with|plus)\b"
SPLIT = re.compile(rf"\s*(?:[,;:]\s*(?:{ALSO})?|{ALSO})\s*", re.IGNORECASE)
NO_PLAIN = NO_NAMES | words(
    "two three four five six seven eight bit side sides number everything nothing it they "
    "them all each both other others output input outputs inputs following listed below above "
    "i.e e.g lsb msb also there always only usual not no registered combinational respectively"
)
SOFT = words(
    "zero zeros one ones low high active inactive stable valid unchanged unused undefined "
    "unknown constant asserted deasserted set cleared bits data value values state states "
    "number numbers side sides level levels sequential described given shown computed sampled "
    "taken same different equal word words byte bytes line lines flag flags edge cycle cycles "
    "well together side too ignored driven held off on none logic block circuit module unit "
    "design register registers wire wires name names connected clock reset now yes"
)
"""Words that are rather no names, where a list says nothing of widths."""
CLOCKLIKE = re.compile(
    r"(?!(?:clock|reset)(?:s|ed|ing|wise|table|ting)\Z)"
    r"(?:\w*(?:clk|clock|(?<!fi)(?<!bu)(?<!wo)(?<!thi)rst|reset)\w*|ck|\w+_ck|rs|por(?:_?n|_\w+)?"
    r"|nres\w*|resn|clr\w*)\Z",
    re.IGNORECASE,
)
TIMED = tuple(
    re.compile(pattern.replace("NAME", rf'(?P<name>"{IDENTIFIER}"|{IDENTIFIER})'), re.IGNORECASE)
    for pattern in (
        r"\bedges?\s+of\s+(?:(?:the\s+)?(?:clock|signal|input)\s+)?NAME",
        r"\b(?:clock(?:ing)?|reset)(?:\s+(?:input|signal|port))?\s*(?:\bis\b|\bcalled\b|\bnamed\b|:)?\s+NAME",
        r"(?:^|(?<=[.;:,]\s)|(?<=\band\s))NAME(?:,)?\s+(?:is|-)\s+(?:an?|the|our|its)?\s*[^.;\"]{0,45}?\b(?:clock|reset)\b",
        r"\bclocked\s+(?:by|from|with)\s+(?:the\s+)?NAME",
        r"\b(?:clock|reset),\s+NAME\s*[,.;]",
        r"\bsynchronous\s+to\s+NAME",
        r"\b(?:cleared|reset)(?:\s+\w+)?\s+by\s+(?:the\s+)?(?:[\w-]+,?\s+){0,3}?NAME(?=\s*(?:[,.;(]|\band\b|$))",
        r"\bdomain\s+of\s+NAME",
        r"\bruns\s+(?:from|on|at|off)\s+(?:the\s+)?NAME",
        r"\bresets?\b[^.,;\"]{0,30}\bwhen\s+NAME\s+is\s+(?:low|high|0|1|active)\b",
        r"(?:^|(?<=[.;:,]\s)|(?<=\band\s))NAME,\s+(?:active|asynchronous|synchronous)[^.;]{0,60}\b(?:reset|resets|low|high)\b",
    )
)
