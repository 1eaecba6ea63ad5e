"""What a picture's file is, by its first bytes, where it is of a kind that is not read."""

from __future__ import annotations

HEADS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (0, b"II\xbc", "JPEG XR"),
    (0, b"\0\0\x01\0", "ICO"),
    (0, b"\0\0\x02\0", "CUR"),
    (0, b"8BPS\0\x02", "PSB"),
    (0, b"gimp xcf", "XCF (GIMP)"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR"),
    (0, b"DDS ", "DDS"),
    (0, b"BPG\xfb", "BPG"),
    (0, b"FLIF", "FLIF"),
    (0, b"II+\0", "BigTIFF"),
    (0, b"MM\0+", "BigTIFF"),
    (8, b"CR\x02\0", "CR2 (RAW)"),
    (4, b"ftypcrx ", "CR3 (RAW)"),
    (0, b"FUJIFILMCCD-RAW", "RAF (RAW)"),
    (0, b"IIRO", "ORF (RAW)"),
    (0, b"IIU\0", "RW2 (RAW)"),
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "EPS"),
    (0, b"\xc5\xd0\xd3\xc6", "EPS"),
    (0, b"\xd7\xcd\xc6\x9a", "WMF"),
    (40, b" EMF", "EMF"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"Rar!", "RAR"),
    (0, b"\x1f\x8b", "GZIP"),
)
"""(place, bytes, name)."""
FILMS = (b"isom", b"mp41", b"mp42", b"qt  ", b"iso2", b"iso5", b"iso6", b"avc1", b"M4V ")
PAGES = (b"<!doctype html", b"<html", b"<?php")


def format_of(head: bytes) -> str:
    """The name of a format by a file's first bytes (64 do); "" for one that is not known."""
    for at, mark, name in HEADS:
        if head[at : at + len(mark)] == mark:
            return name
    if head[:14].lower().startswith(PAGES):
        return "HTML"
    if (head[4:8] == b"ftyp" and head[8:12] in FILMS) or head[:4] == b"\x1a\x45\xdf\xa3":
        return "MP4/MKV"
    return ""
