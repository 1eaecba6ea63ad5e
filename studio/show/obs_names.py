"""OBS's own names for cut and fade, which it writes in the language it is set to.

They stand in no list of a collection. Source: obs-studio ``plugins/obs-transitions/data/locale``,
FadeTransition and CutTransition of 46 languages, with those of older versions.
"""

from __future__ import annotations

FADES = (
    "Fade", "淡出", "淡入淡出", "Überblende", "Überblenden", "Verblassen", "Fondu",
    "Desvanecimiento", "Esmaecer", "Desvanecer", "Dissolvenza", "フェード", "서서히 사라지기",
    "페이드", "Затухание", "Zanikanie", "Vervagen", "Soldur", "Mờ dần", "Pudar", "Tona",
    "Згасання", "จางหาย", "เฟด", "Fondre", "Esvair", "Esvaecer", "Häivytä", "Ton", "Prolínání",
    "Slábnutí", "Prelínať", "Áttűnés", "Estompare", "Overgang", "Forløpning", "Resap",
    "Kumupas", "Ξεθώριασμα", "עמעום", "تلاشي", "محو شدن", "धुँधला", "მილევა", "Hajuv",
    "Iraungi", "Iščezavanje", "Pojemaj", "Затамњење",
)  # fmt: skip
CUTS = (
    "Cut", "直接切换", "切换", "直接轉場", "剪切", "Schnitt", "Coupure", "Corte", "Cortar",
    "Taglio", "カット", "자르기", "컷", "Обрезка", "Cięcie", "Knippen", "Kes", "Cắt",
    "Potong", "Klipp", "Leikkaa", "Střih", "Strih", "Kivágás", "Decupare", "Klip", "Kutt",
    "Talla", "Gumupit", "ตัด", "Αποκοπή", "חתוך", "قطع", "برش", "काटें", "მოჭრა", "Lõika",
    "Etena", "Rez", "Izreži", "Сечење", "Изрязване",
)  # fmt: skip
_KINDS = {
    **{name.casefold(): "fade_transition" for name in FADES},
    **{name.casefold(): "cut_transition" for name in CUTS},
}


def usual_transition(name: str) -> str:
    """OBS's kind of a transition that has this name in any language; "" for another name."""
    return _KINDS.get(name.strip().casefold(), "")
