"""
What the TOML parser says of a text that is no TOML, in Swedish and with the likely fix.
"""

from __future__ import annotations

import re

from ..errors import Problem

MAX_LATER = 1000
MAX_LOOKED_AT = 1000  # characters of a line
COMMENT = "kommentarer börjar med #"
DECIMAL_COMMA = re.compile(r"^[^#]*=\s*-?[0-9 ]+,[0-9]+\s*([}#]|$)")

# What the parser says, what its line looks like, what is wrong, and the fix. The first that fits is told.
_FAULTS = (
    ("", r"=\s*-?[0-9 ]+,[0-9]", "talet har decimalkomma", "skriv decimalpunkt, som i 22.40"),
    ("", r"=\s*-?[0-9]+[ \u00a0][0-9]", "talet har mellanrum", "skriv siffrorna i följd: 1234.50"),
    ("", r"=[^\"']*[”“]", "citattecknen är krökta", 'skriv raka: "'),
    ("Cannot|Duplicate", "", "nyckeln eller tabellen finns redan", "ta bort den ena"),
    ("date", "", "datumet finns inte", "skriv som 2022-01-31"),
    ("Inv|Exp", r"=\s*[0-9]+[-/.][0-9]+[-/.]", "datumet går inte att läsa", "skriv som 2022-01-31"),
    ("value", r"(?i)=\s*(true|false|ja|nej)\b", "värdet går inte att läsa", "skriv true eller false"),
    ("value", r"=\s*-?([.]|0[0-9])", "talet går inte att läsa", "skriv som 0.50"),
    ("value", r"=\s*(#.*)?$", "värdet saknas", "skriv det efter likhetstecknet"),
    ("hex value|Unescaped|scalar", "", "texten har ett omvänt snedstreck", "skriv det två gånger: \\\\"),
    ("Invalid value", "", "värdet går inte att läsa", 'text skrivs inom citattecken: "Ekonomi"'),
    (r"character '\\n'|Unterm|Expected .['\"]", "", "ett citattecken saknas", "skriv det där texten slutar"),
    ("inline table|key part", "", "tabellen { … } går inte att läsa", "skriv den på en rad, utan komma sist"),
    ("character", "", "raden har ett tecken som inte syns", "ta bort det"),
    ("Unclosed array", "", "listan [ … ] avslutas inte", "skriv ] efter det sista"),
    ("declaration", "", "rubriken avslutas inte", "skriv som [namn] eller [[namn]]"),
    (
        "'='|statement",
        r"^[\s\w-]*[åäöÅÄÖ].*=",
        "nycklar skrivs utan å, ä och ö",
        "de är engelska: name, area",
    ),
    ("Expected '='", "", "likhetstecknet saknas", f"skriv nyckel = värde; {COMMENT}"),
    ("Expected newline", "", "något står efter värdet på raden", f"en nyckel per rad; {COMMENT}"),
    ("statement", "", "raden börjar inte med en nyckel", f"skriv nyckel = värde; {COMMENT}"),
)
FAULTS = [(re.compile(says), re.compile(looks), what, fix) for says, looks, what, fix in _FAULTS]


def syntax_problems(said: str, text: str, name: str) -> list[Problem]:
    """
    The parser stops at its first error; decimal commas, which seldom come alone, are told of later lines too.
    """
    lines = [line.removesuffix("\r")[:MAX_LOOKED_AT] for line in text.split("\n")]
    at = re.search(r"at line ([0-9]+)", said)
    number = int(at[1]) if at else len(lines) - (len(lines) > 1 and not lines[-1])
    later = [n for n, line in enumerate(lines, 1) if n > number and DECIMAL_COMMA.match(line)]
    commas = [Problem(f"{name}:{n}", *FAULTS[0][2:]) for n in later[:MAX_LATER]]
    return [Problem(f"{name}:{number}", *_told(said, lines[number - 1])), *commas]


def _told(said: str, line: str) -> tuple[str, str]:
    fitting = ((what, fix) for says, looks, what, fix in FAULTS if says.search(said) and looks.search(line))
    return next(fitting, ("raden går inte att läsa som TOML", f"parsern säger: {said}"))
