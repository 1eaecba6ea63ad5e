"""Units and currencies as they are said, Chinese and English (one, several)."""

from __future__ import annotations

CURRENCIES: dict[str, tuple[str, str, str, str]] = {
    "US$": ("美元", "US dollar", "US dollars", "cents"),
    "HK$": ("港元", "Hong Kong dollar", "Hong Kong dollars", "cents"),
    "$": ("美元", "dollar", "dollars", "cents"),
    "¥": ("元", "yuan", "yuan", ""),
    "￥": ("元", "yuan", "yuan", ""),
    "CNY": ("元", "yuan", "yuan", ""),
    "RMB": ("元", "yuan", "yuan", ""),
    "€": ("欧元", "euro", "euros", "cents"),
    "EUR": ("欧元", "euro", "euros", "cents"),
    "£": ("英镑", "pound", "pounds", "p"),
    "GBP": ("英镑", "pound", "pounds", "p"),
    "USD": ("美元", "dollar", "dollars", "cents"),
}
"""Sign → Chinese, English one, several, its hundredth."""

_UNITS = """
km 千米 kilometre kilometres
m 米 metre metres
dm 分米 decimetre decimetres
cm 厘米 centimetre centimetres
mm 毫米 millimetre millimetres
μm 微米 micrometre micrometres
nm 纳米 nanometre nanometres
km2 平方千米 square_kilometre square_kilometres
m2 平方米 square_metre square_metres
cm2 平方厘米 square_centimetre square_centimetres
m3 立方米 cubic_metre cubic_metres
kg 公斤 kilogram kilograms
KG 公斤 kilogram kilograms
Kg 公斤 kilogram kilograms
g 克 gram grams
mg 毫克 milligram milligrams
μg 微克 microgram micrograms
lb 磅 pound pounds
lbs 磅 pound pounds
oz 盎司 ounce ounces
L 升 litre litres
l 升 litre litres
ml 毫升 millilitre millilitres
mL 毫升 millilitre millilitres
ML 毫升 millilitre millilitres
cl 厘升 centilitre centilitres
h 小时 hour hours
min 分钟 minute minutes
ms 毫秒 millisecond milliseconds
W 瓦 watt watts
kW 千瓦 kilowatt kilowatts
KW 千瓦 kilowatt kilowatts
kWh 千瓦时 kilowatt_hour kilowatt_hours
Wh 瓦时 watt_hour watt_hours
V 伏 volt volts
mA 毫安 milliamp milliamps
mAh 毫安时 milliamp_hour milliamp_hours
Hz 赫兹 hertz hertz
kHz 千赫 kilohertz kilohertz
MHz 兆赫 megahertz megahertz
GHz 吉赫 gigahertz gigahertz
Pa 帕 pascal pascals
kPa 千帕 kilopascal kilopascals
dB 分贝 decibel decibels
kcal 千卡 kilocalorie kilocalories
kJ 千焦 kilojoule kilojoules
rpm 转每分钟 turn_a_minute turns_a_minute
px 像素 pixel pixels
MP 百万像素 megapixel megapixels
°C 摄氏度 degree_Celsius degrees_Celsius
°F 华氏度 degree_Fahrenheit degrees_Fahrenheit
° 度 degree degrees
GB G_B gigabyte gigabytes
TB T_B terabyte terabytes
MB M_B megabyte megabytes
KB K_B kilobyte kilobytes
in 英寸 inch inches
inch 英寸 inch inches
ft 英尺 foot feet
yd 码 yard yards
"""
UNITS: dict[str, tuple[str, str, str]] = {
    sign: (zh.replace("_", " "), one.replace("_", " "), many.replace("_", " "))
    for sign, zh, one, many in (line.split() for line in _UNITS.split("\n") if line)
}
"""Sign → Chinese, English one, several; as NFKC leaves them."""

ORDINALS = {
    1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh",
    8: "eighth", 9: "ninth", 10: "tenth", 11: "eleventh", 12: "twelfth", 13: "thirteenth",
    14: "fourteenth", 15: "fifteenth", 16: "sixteenth", 17: "seventeenth", 18: "eighteenth",
    19: "nineteenth",
}  # fmt: skip
