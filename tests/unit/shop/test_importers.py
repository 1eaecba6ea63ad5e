"""Files as shops export them: every product, variant, price and refused row as it stands there."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import StudioError
from studio.core.i18n import catalogue
from studio.shop.importers.base import ReadOptions, RowRefused
from studio.shop.importers.child import ReadRequest, read_apart
from studio.shop.importers.difference import apply, compare
from studio.shop.importers.model import Understood
from studio.shop.importers.reading import importer_kinds, read_goods
from studio.shop.model import Product, Variant

HEADS = "货号,商品名称,规格,价格,库存"


def read(path: Path, data: str | bytes, name: str = "goods.csv", **options: Any) -> Understood:
    file = path / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    wanted = options.pop("wanted", "")
    return read_goods(file, importer_kinds(), ReadOptions(**options), wanted)


def skus(understood: Understood) -> dict[str, tuple[int | None, int | None]]:
    return {v.sku: (v.price, v.stock) for p in understood.products for v in p.variants}


def faults(understood: Understood) -> list[tuple[int, str]]:
    return [(fault.row, fault.why.rpartition(".")[2]) for fault in understood.errors]


# --- encodings, separators, what stands above the heads ---------------------------------------

TABLE = f"{HEADS}\nA1,羊绒大衣,,1299.00,5\nA2,丝巾,,99,12\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le",
                                      "utf-16-be", "utf-32"])  # fmt: skip
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r\r\n", "\r"])
def test_any_encoding_and_separator(
    tmp_path: Path, encoding: str, separator: str, ends: str
) -> None:
    text = TABLE.replace(",", separator).replace("\n", ends)
    found = read(tmp_path, text.encode(encoding))
    assert skus(found) == {"A1": (129900, 5), "A2": (9900, 12)}
    assert [product.name for product in found.products] == ["羊绒大衣", "丝巾"]
    assert faults(found) == []


def test_big5_heads_are_known(tmp_path: Path) -> None:
    text = "sku,name,price,stock\nA1,Müller Rock,12.50,3\n"
    assert read(tmp_path, text.encode("cp1252")).products[0].name == "Müller Rock"


def test_notes_above_the_heads_and_blank_lines(tmp_path: Path) -> None:
    text = f"导出时间,2026-11-01\n\n说明：请勿修改表头\n{TABLE}\n\n"
    found = read(tmp_path, text)
    assert found.head_row == 4
    assert [product.row for product in found.products] == [5, 6]


def test_nul_bytes_cr_in_cells_and_html_over_lines(tmp_path: Path) -> None:
    text = 'sku,name,description,price,stock\nA1,One\rTwo,"<p>a,\nb</p>\n<p>c;d</p>",5,1\x00\n'
    found = read(tmp_path, text)
    assert skus(found) == {"A1": (500, 1)}
    assert found.products[0].name == "One Two"


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    rows = "".join(f"B{n},Cap {n},,10.00,{n}\n" for n in range(40))
    found = read(tmp_path, f'{HEADS}\nA1,"27 inch,,99.00,3\n{rows}')
    assert len(found.products) == 41
    assert any(note.why.endswith("open_quote") for note in found.notes)


# --- rows ---------------------------------------------------------------------------------------


def test_a_row_one_cell_short_is_refused_with_its_mend(tmp_path: Path) -> None:
    text = "条码,商品名称,价格,库存,描述\nM1,键盘,999.00,12,黑\n保护壳,199.00,30,硅胶\n"
    found = read(tmp_path, text)
    assert skus(found) == {"M1": (99900, 12)}
    (fault,) = found.errors
    assert (fault.row, fault.column) == (3, "条码")
    assert fault.mend == {"条码": "", "商品名称": "保护壳", "价格": "199.00", "库存": "30",
                          "描述": "硅胶"}  # fmt: skip
    mended = read(tmp_path, text, mends={3: fault.mend})
    assert mended.errors == []
    assert [variant.price for p in mended.products for variant in p.variants] == [99900, 19900]


def test_a_short_row_that_fits_as_it_stands_is_taken(tmp_path: Path) -> None:
    text = "sku,name,price,stock,description\nA1,Hat,12.00,5,grey\nA2,Cap,13.00,6\n"
    assert skus(read(tmp_path, text)) == {"A1": (1200, 5), "A2": (1300, 6)}


def test_a_comma_without_quotes_is_put_together(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,name,price,stock\nA1,Coat,1,299.00,5\nA2,Cap,13.00,6\n")
    assert skus(found) == {"A2": (1300, 6)}
    assert found.errors[0].mend["price"] == "1,299.00"


@pytest.mark.parametrize(
    ("cell", "why", "mend"),
    [
        ("-5", "below_zero", "5.00"),
        ("1.299", "two_ways", "1299.00"),
        ("99-129", "two_amounts", "99"),
        ("待定", "not_money", ""),
        ("", "empty", ""),
    ],
)
def test_a_bad_price_is_refused(tmp_path: Path, cell: str, why: str, mend: str) -> None:
    found = read(tmp_path, f"{HEADS}\nA1,大衣,,{cell},5\nA2,丝巾,,99,1\n")
    assert skus(found) == {"A2": (9900, 1)}
    assert faults(found) == [(2, why)]
    assert found.errors[0].column == "价格"
    assert found.errors[0].mend == ({"价格": mend} if mend else {})


def test_codes_stay_codes(tmp_path: Path) -> None:
    text = (
        f'{HEADS}\n00123,帽,,9,1\n1.23E+11,衣,,9,1\n"=""0077""",巾,,9,1\n\t889900112233,包,,9,1\n'
    )
    found = read(tmp_path, text)
    assert list(skus(found)) == ["00123", "0077", "889900112233"]
    assert faults(found) == [(3, "damaged_code")]


def test_one_sku_on_two_products_is_taken_from_neither(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADS}\nA1,帽,,9,1\nA1,衣,,12,1\nA2,巾,,9,1\n")
    assert list(skus(found)) == ["A2"]
    assert found.errors[0].params == {"sku": "A1", "row": "2"}
    assert "A1" in found.skus, "it is there, so it is not gone"


def test_stock_is_whole_pieces_or_not_known(tmp_path: Path) -> None:
    rows = ["A,a,,1,12件", "B,b,,1,有货", "C,c,,1,", "D,d,,1,-3", "E,e,,1,3.5", "F,f,,1,售罄"]
    found = read(tmp_path, "\n".join([HEADS, *rows]))
    counts = {sku: stock for sku, (_, stock) in skus(found).items()}
    assert counts == {"A": 12, "B": None, "C": None, "D": 0, "F": 0}
    assert faults(found) == [(6, "not_pieces")]


# --- kinds --------------------------------------------------------------------------------------


def test_shopify_new_heads(tmp_path: Path) -> None:
    heads = ("Title,URL handle,Description,SKU,Option1 name,Option1 value,Price,Compare-at price,"
             "Inventory tracker,Inventory quantity,Product image URL")  # fmt: skip
    found = read(
        tmp_path,
        f"{heads}\nTop,top,,T-S,Size,S,60.00,80.00,shopify,3,a.jpg\n,top,,T-M,Size,M,61.00,,shopify,0,\n"
        ",top,,,,,,,,,b.jpg\nHat,hat,,,Title,Default Title,5,,shopify,1,\n",
    )
    assert found.kind == "shopify"
    assert skus(found) == {"T-S": (6000, 3), "T-M": (6100, 0), "hat": (500, 1)}
    assert found.products[0].variants[0].was == 8000
    assert [product.pictures for product in found.products] == [2, 0]


def test_shopify_inventory_adds_places_and_leaves_prices(tmp_path: Path) -> None:
    heads = "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Available (not editable)"
    found = read(
        tmp_path, f"{heads}\nhat,Hat,,,H1,A,3\nhat,Hat,,,H1,B,4\nhat,Hat,,,H1,C,not stocked\n"
    )
    assert found.kind == "shopify_inventory"
    assert skus(found) == {"H1": (None, 7)}


def test_woocommerce_children_stand_anywhere(tmp_path: Path) -> None:
    heads = ("ID,Type,SKU,Name,Stock,In stock?,Sale price,Regular price,Categories,Parent,"
             "Attribute 1 name,Attribute 1 value(s)")  # fmt: skip
    rows = [
        "3,variation,t-red,T - Red,,1,,25,,id:1,Color,Red",
        "1,variable,tee,T,,1,,,Clothing,,Color,Red",
        "2,simple,cap,Cap,,0,18,20,,,,",
        "4,external,ext,Link,,1,,25,,,,",
        "5,variation,lost,Lost,,1,,25,,nobody,Color,Red",
        '6,"simple, downloadable, virtual",pdf,Book,,1,,3,,,,',
    ]
    found = read(tmp_path, "\n".join([heads, *rows]))
    assert skus(found) == {"t-red": (2500, None), "cap": (1800, 0), "pdf": (300, None)}
    assert faults(found) == [(6, "no_such_parent")]
    assert [note.why.rpartition(".")[2] for note in found.notes] == ["link_only"]


def test_taobao_packs_its_skus_into_one_cell(tmp_path: Path) -> None:
    keys = ["title", "cid", "price", "num", "skuProps", "outer_id", "num_id", "propAlias",
            "input_custom_cpv"]  # fmt: skip
    packed = "88:9:K1:1:-1;2:3;89.5:8::1:-2;2:3;"
    row = ["T恤", "5", "88", "17", packed, "", "0", "2:3:L", "1:-1:红;1:-2:蓝"]
    lines = ["version 1.00", "\t".join(keys), "\t".join(["ｱｲ"] * 9), "\t".join(row)]
    found = read(tmp_path, "\n".join(lines).encode("utf-16"))
    assert found.kind == "taobao"
    assert skus(found) == {"K1": (8800, 9), "t恤-蓝-l": (8950, 8)}
    assert [v.options for v in found.products[0].variants] == ["红 · L", "蓝 · L"]


def test_amazon_parents_are_not_for_sale(tmp_path: Path) -> None:
    heads = "item_sku\tparent_child\tparent_sku\tvariation_theme\tcolor_name\tsize_name\t"
    rows = [
        "TemplateType=fptcustom\tVersion=2024",
        "Seller SKU\tParentage\tParent\tTheme\tColour\tSize\tPrice\tQuantity",
        heads + "standard_price\tquantity",
        "P\tparent\t\tSizeColor\t\t\t\t",
        "C1\tchild\tP\tSizeColor\tRed\tS\t19.99\t20",
        "C2\tchild\t\tSizeColor\tRed\tS\t19.99\t20",
        "C3\tchild\tQ\tSizeColor\tRed\tS\t19.99\t20",
        "S1\t\t\t\t\t\t5.00\t1",
    ]
    found = read(tmp_path, "\n".join(rows))
    assert (found.kind, found.head_row) == ("amazon", 3)
    assert skus(found) == {"C1": (1999, 20), "S1": (500, 1)}
    assert faults(found) == [(6, "no_parent"), (7, "no_such_parent")]


def test_square_adds_its_places(tmp_path: Path) -> None:
    heads = "Token,Item Name,Variation Name,SKU,Price,Current Quantity Shop,Current Quantity Store"
    found = read(
        tmp_path,
        f'{heads}\nx,Mug,Regular,M1,"£4,250.00",3,4\ny,Bag,Red,B1,5.00,,\nz,Bag,Blue,B2,variable,1,\n',
    )
    assert found.kind == "square"
    assert skus(found) == {"M1": (425000, 7), "B1": (500, None)}
    assert faults(found) == [(4, "not_money")]


def test_tiktok_help_rows_are_passed_over(tmp_path: Path) -> None:
    heads = ("Category,Brand,Product name,Variation 1,Variation 2,Seller SKU,Price,Quantity,"
             "Parcel weight")  # fmt: skip
    rows = ["Mandatory,Optional,Mandatory,Optional,Optional,Optional,Mandatory,Mandatory,Mandatory",
            "Pick one,,Up to 255 letters,,,,Local currency,,Gram",
            "Coats/601,No brand (7),Coat,Red,S,C-S,19.9,5,300",
            "Coats/601,No brand (7),Coat,Red,M,C-M,19.9,6,300"]  # fmt: skip
    found = read(tmp_path, "\n".join([heads, *rows]))
    assert (found.kind, found.rows) == ("tiktok_batch", 2)
    assert skus(found) == {"C-S": (1990, 5), "C-M": (1990, 6)}
    assert len(found.products) == 1


FEED = """<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>
<title>Shop</title><item><g:id>1</g:id><title>Lamp</title><g:link>x</g:link>
<g:price>27.08 OMR</g:price><g:sale_price>20.22 OMR</g:sale_price><g:condition>new</g:condition>
<g:availability>out_of_stock</g:availability></item></channel></rss>"""


def test_a_feed_has_the_exponent_of_its_currency(tmp_path: Path) -> None:
    variant = read(tmp_path, FEED, "feed.xml").products[0].variants[0]
    assert (variant.price, variant.was, variant.currency, variant.stock) == (20220, 27080, "OMR", 0)


@pytest.mark.parametrize(
    "bomb",
    [
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
        "<rss>" * 100_000,
    ],
)
def test_xml_bombs_are_refused(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(StudioError, match=r"DTD|XML"):
        read(tmp_path, bomb, "feed.xml")


# --- workbooks ----------------------------------------------------------------------------------

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def workbook(
    path: Path, rows: Sequence[Sequence[object]], merged: str = "", tail: str = ""
) -> Path:
    """A small XLSX, written by hand: numbers as numbers, texts inline."""

    def cell(at: int, row: int, value: object) -> str:
        place = f'r="{chr(65 + at)}{row}"'
        if isinstance(value, int | float):
            return f"<c {place}><v>{value}</v></c>"
        return f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>' if value else ""

    body = "".join(
        f'<row r="{number}">' + "".join(cell(at, number, v) for at, v in enumerate(row)) + "</row>"
        for number, row in enumerate(rows, 1)
    )
    if merged:
        merged = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>'
    main = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{main}/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{main}/package/2006/relationships"><Relationship '
        f'Id="r1" Type="{main}/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}/spreadsheetml/2006/main" '
        f'xmlns:r="{main}/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Goods" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{main}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{main}/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{SHEET}<sheetData>{body}{tail}</sheetData>{merged}"
        "</worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def test_a_workbook_has_whole_codes_exact_prices_and_merged_cells(tmp_path: Path) -> None:
    heads = ["商品名称", "货号", "规格", "售价(元)", "库存"]
    rows = [["2026 秋季商品"], heads, ["大衣", 6901234567892, "S", 19.99, 3],
            ["", 6901234567893, "M", 0.1 + 0.2, 4]]  # fmt: skip
    file = workbook(tmp_path / "goods.xlsx", rows, merged="A3:A4")
    found = read_goods(file, importer_kinds(), ReadOptions())
    assert skus(found) == {"6901234567892": (1999, 3), "6901234567893": (30, 4)}
    assert [product.name for product in found.products] == ["大衣"]


def test_a_cell_at_the_end_of_the_sheet_takes_no_memory(tmp_path: Path) -> None:
    tail = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    file = workbook(tmp_path / "far.xlsx", [["sku", "name", "price"], ["A", "a", 1]], tail=tail)
    with pytest.raises(StudioError, match="more than"):
        read_goods(file, importer_kinds(), ReadOptions())


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    file = workbook(tmp_path / "bomb.xlsx", [["sku", "name", "price"]])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zero.bin", b"\0" * 120_000_000)
    with pytest.raises(StudioError, match="unpack"):
        read_goods(file, importer_kinds(), ReadOptions())


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    for name in ("huge.csv", "huge.xlsx"):
        file = tmp_path / name
        with file.open("wb") as out:
            out.write(b"PK\x03\x04" if name.endswith("xlsx") else b"sku,name")
            out.truncate(300_000_000)
        with pytest.raises(StudioError, match="MB"):
            read_goods(file, importer_kinds(), ReadOptions())


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" * 9,
                                  b"no table at all", b"a,b\n1,2\n"])  # fmt: skip
def test_no_table_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(StudioError):
        read(tmp_path, data)


def test_the_reader_is_a_process_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(TABLE, encoding="utf-8")
    assert skus(read_apart(ReadRequest(str(file)))) == {"A1": (129900, 5), "A2": (9900, 12)}
    with pytest.raises(StudioError, match="Cannot read"):
        read_apart(ReadRequest(str(tmp_path / "none.csv")))


def test_heads_nobody_knows_are_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    text = "编号X,叫什么,到手价,剩\nA1,帽,9.90,4\n"
    with pytest.raises(StudioError, match="编号X"):
        read(tmp_path, text)
    mapping = {"sku": "编号X", "name": "叫什么", "price": "到手价", "stock": "剩"}
    assert skus(read(tmp_path, text, mapping=mapping)) == {"A1": (990, 4)}
    with pytest.raises(StudioError, match="no head"):
        read(tmp_path, text, mapping={"name": "没有"})
    # What was said of these heads is known when they come again.
    assert skus(read(tmp_path, text.replace("9.90", "8.80"))) == {"A1": (880, 4)}
    with pytest.raises(StudioError, match="编号Y"):
        read(tmp_path, text.replace("编号X", "编号Y"))


@pytest.mark.parametrize("kind", list(importer_kinds()), ids=lambda kind: kind.kind)
def test_every_kind_knows_its_own_heads_and_is_named(kind: Any) -> None:
    assert all(kind.label)
    heads = [known[0].removesuffix("…") for known in kind.columns.values()]
    assert kind.score(heads) >= len(kind.needs)
    assert kind.score(["x", "y", "z"]) == 0


def test_every_reason_has_words() -> None:
    folder = Path(__file__).parents[3] / "studio" / "shop" / "importers"
    words = catalogue()
    for file in folder.rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            for key in line.split('"'):
                if key.startswith("imports.") and key.isascii() and "{" not in key:
                    assert key in words, f"{file.name}: {key}"
    assert RowRefused.__doc__


# --- the difference -----------------------------------------------------------------------------

COAT = Product(
    id="coat", number=4, name="Coat", price_cents=1000, stock=5,
    variants=(Variant("C-S", "S", price_cents=1000, stock=2), Variant("C-M", "M", stock=3)),
)  # fmt: skip
HAT = Product(
    id="hat", number=7, name="Hat", price_cents=500, was_cents=900, stock=4, photo="h.png"
)


def test_a_file_and_the_catalogue_differ_line_by_line(tmp_path: Path) -> None:
    text = "sku,name,price,stock\nhat,Hat,4.00,4\nC-S,Coat,12.00,2\nnew1,Cap,9.00,1\n"
    found = read(tmp_path, text)
    lines = compare(found, [COAT, HAT], lambda sku: None)
    assert [(line.id, line.is_chosen) for line in lines] == [
        ("price:hat", True), ("price:C-S", True), ("new:new1", True),
    ]  # fmt: skip
    taken = apply(found, [COAT, HAT], {line.id for line in lines})
    coat, hat, cap = taken.products
    assert (hat.price_cents, hat.was_cents, hat.photo) == (400, 900, "h.png")
    assert (cap.id, cap.number, cap.price_cents, cap.stock) == ("new1", 8, 900, 1)
    # The other size goes on costing what it did, and the product costs its cheapest.
    assert (coat.price_of("C-S"), coat.price_of("C-M")) == ((1200, 0), (1000, 0))
    assert coat.price_cents == 1000


def test_without_a_price_column_prices_are_left_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,stock\nhat,9\nC-M,0\nunknown,3\n")
    lines = compare(found, [COAT, HAT], lambda sku: None)
    assert [(line.id, line.before, line.after) for line in lines] == [
        ("stock:hat", "4", "9"), ("stock:C-M", "3", "0"),
    ]  # fmt: skip
    taken = apply(found, [COAT, HAT], {line.id for line in lines})
    assert [(p.price_cents, p.stock) for p in taken.products] == [(1000, 2), (500, 9)]
    assert taken.counts == {"hat": 9, "C-M": 0}


def test_what_is_gone_is_shown_and_not_chosen(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,name,price\nhat,Hat,5.00\n")
    lines = compare(found, [COAT, HAT], lambda sku: None)
    assert [(line.id, line.is_chosen) for line in lines] == [("gone:coat", False)]
    assert [p.id for p in apply(found, [COAT, HAT], {"gone:coat"}).products] == ["hat"]


def test_a_refused_row_is_not_gone(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,name,price\nhat,Hat,-5.00\nC-S,Coat,10.00\n")
    assert [line.id for line in compare(found, [COAT, HAT], lambda sku: None)] == []


def test_imported_again_nothing_differs(tmp_path: Path) -> None:
    text = f"{HEADS}\nA,大衣,S,100,1\nB,大衣,M,120,2\nC,巾,,9,3\n"
    found = read(tmp_path, text)
    lines = compare(found, [], lambda sku: None)
    products = apply(found, [], {line.id for line in lines}).products
    assert [(p.id, p.price_cents, p.stock) for p in products] == [("大衣", 10000, 3), ("C", 900, 3)]
    assert compare(found, products, lambda sku: None) == []


def test_a_product_has_one_currency(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,name,size,price\nC-S,Coat,S,$12.00\nC-M,Coat,M,$13.00\n")
    with pytest.raises(StudioError, match="currency"):
        apply(found, [COAT], {"price:C-S"})
    coat = apply(found, [COAT], {"price:C-S", "price:C-M"}).products[0]
    assert (coat.currency, coat.price_cents) == ("USD", 1200)


def test_a_row_with_the_products_own_id_speaks_of_all_its_variants(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,name,price,stock\ncoat,Coat,12.00,9\nhat,Hat,5.00,4\n")
    lines = compare(found, [COAT, HAT], lambda sku: None)
    assert [line.id for line in lines] == ["price:coat", "stock:coat"]
    coat = apply(found, [COAT, HAT], {"price:coat", "stock:coat"}).products[0]
    assert [coat.price_of(sku)[0] for sku in coat.skus] == [1200, 1200]
    assert coat.stock == 9
    assert compare(found, [coat, HAT], lambda sku: None) == []


def test_prices_without_a_currency_follow_the_one_the_file_names(tmp_path: Path) -> None:
    text = "Artikelnummer;Bezeichnung;Preis\nX1;Rock;1.299,00 €\nX2;Hose;49,90\n"
    found = read(tmp_path, text)
    assert [v.currency for p in found.products for v in p.variants] == ["EUR", "EUR"]
    said = read(tmp_path, text, currency="USD", is_currency_said=True)
    assert [v.currency for p in said.products for v in p.variants] == ["EUR", "USD"]
    head = read(tmp_path, "sku,name,price (OMR)\nA,Lamp,27.080\n")
    assert skus(head) == {"A": (27080, None)}


def test_several_price_columns_are_told(tmp_path: Path) -> None:
    found = read(tmp_path, "商品名称,团购价,单买价\n大衣,99.00,129.00\n")
    assert found.notes[0].params == {"used": "团购价", "others": "单买价"}
    assert found.products[0].variants[0].price == 9900


def test_a_page_that_is_called_xls_is_a_table(tmp_path: Path) -> None:
    cells = "".join(f"<td>{text}</td>" for text in HEADS.split(","))
    page = f"<html><body><table><tr>{cells}</tr>\n<tr><td>A</td><td>帽<br>子</td><td></td>"
    found = read(tmp_path, page + "<td>9.90</td><td>3</td></tr></table>", "goods.xls")
    assert skus(found) == {"A": (990, 3)}


def test_a_name_that_swallowed_other_cells_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADS}\nA,{'x' * 5000},,9,1\nB,b,,9,1\n")
    assert faults(found) == [(2, "long_name")]


# --- other platforms' heads ---------------------------------------------------------------------

Row = tuple[str, str, int, int | None, str, int | None]


def rows(understood: Understood) -> list[Row]:
    """Every variant: SKU, options, price, was, currency, stock."""
    return [(v.sku, v.options, v.price or 0, v.was, v.currency, v.stock)
            for p in understood.products for v in p.variants]  # fmt: skip


PLATFORMS: dict[str, tuple[str, list[Row]]] = {
    "jd": (
        "商品编号,商品名称,商家SKU,京东价,市场价,可用库存,UPC编码\n"
        "100012043978,大衣 M,DY-M,1299.00,1999.00,5,6901234567892\n",
        [("DY-M", "", 129900, 199900, "CNY", 5)],
    ),
    "kuaishou": (
        "商品ID,商品标题,规格ID,规格,SKU编码,售价(元),划线价(元),库存(件)\n"
        "2001,丝巾,1,红色,SJ-R,99.00,129.00,12\n",
        [("SJ-R", "红色", 9900, 12900, "CNY", 12)],
    ),
    "xiaohongshu": (
        "商品ID,商品名称,SPU编码,规格ID,规格名称,规格编码,价格（元）,市场价（元）,库存\n"
        "6a1,口红,KH,6b1,#01 正红,KH-01,￥199.00,￥259.00,100\n",
        [("KH-01", "#01 正红", 19900, 25900, "CNY", 100)],
    ),
    "youzan": (
        "商品名称,价格（元）,商品编码,规格值,规格编码,规格价格（元）,规格库存,总库存\n"
        "帆布包,59.00,FB,黑,FB-K,59.00,3,7\n帆布包,59.00,FB,白,FB-W,62.00,4,7\n",
        [("FB-K", "黑", 5900, None, "CNY", 3), ("FB-W", "白", 6200, None, "CNY", 4)],
    ),
    "weidian": (
        "商品名称,商品ID,商品编码,型号名称,型号编码,型号价格,型号库存\n"
        "手链,9001,SL,银色,SL-S,￥35.50,10\n手链,9001,SL,金色,SL-G,￥38.00,2\n",
        [("SL-S", "银色", 3550, None, "CNY", 10), ("SL-G", "金色", 3800, None, "CNY", 2)],
    ),
    "1688": (
        "产品标题,货号,单价(元),起订量,可售数量\n水杯,SB1,12.5,2,500\n",
        [("SB1", "", 1250, None, "CNY", 500)],
    ),
    "lazada": (
        "Product ID,Product Name,SellerSKU,Price,SpecialPrice,Quantity,Variations Combo\n"
        "301,Coat,WC-M,129.00,99.00,3,M\n301,Coat,WC-L,129.00,,2,L\n",
        [("WC-M", "M", 9900, 12900, "CNY", 3), ("WC-L", "L", 12900, None, "CNY", 2)],
    ),
    "shopee": (
        "Product ID,Product Name,Variation ID,Variation Name,Parent SKU,SKU,Price,Stock\n"
        "401,Coat,1,M,WC,WC-M,129.00,3\n401,Coat,2,L,WC,WC-L,129.00,2\n",
        [("WC-M", "M", 12900, None, "CNY", 3), ("WC-L", "L", 12900, None, "CNY", 2)],
    ),
    "prestashop": (
        "Product ID;Name;Reference;Price (tax excl.);Price (tax incl.);Quantity\n"
        "1;Manteau;ML-1;100,00 €;120,00 €;5\n",
        [("ML-1", "", 12000, None, "EUR", 5)],
    ),
    "google": (
        "id\ttitle\tavailability\tprice\tsale_price\titem_group_id\tcolor\tsize\n"
        "A-1\tCoat\tin_stock\t1,299.00 USD\t999.00 USD\tG1\tcamel\tM\n"
        "A-2\tCoat\tout_of_stock\t1,299.00 USD\t\tG1\tcamel\tL\n",
        [("A-1", "camel · M", 99900, 129900, "USD", None),
         ("A-2", "camel · L", 129900, None, "USD", 0)],
    ),
    "magento": (
        "sku,attribute_set_code,product_type,name,price,special_price,qty,configurable_variations\n"
        "WC-M,Default,simple,Coat-M,129.00,99.00,3,\nWC-L,Default,simple,Coat-L,129.00,,2,\n"
        'WC,Default,configurable,Coat,,,0,"sku=WC-M,size=M|sku=WC-L,size=L,colour=camel"\n',
        [("WC-M", "M", 9900, 12900, "CNY", 3), ("WC-L", "L · camel", 12900, None, "CNY", 2)],
    ),
    "ebay": (
        "#INFO,Version=1.0.0\nAction,Item number,Title,Currency,Start price,Available quantity,"
        "Relationship,Relationship details,Custom label (SKU)\n"
        "Revise,110001,Coat,USD,,,,,\n,,,,129.99,3,Variation,Size=M|Color=Camel,WC-M\n"
        ",,,,139.99,1,Variation,Size=L|Color=Camel,WC-L\nRevise,110002,Scarf,USD,25.00,7,,,SC-1\n",
        [("WC-M", "M · Camel", 12999, None, "USD", 3), ("WC-L", "L · Camel", 13999, None, "USD", 1),
         ("SC-1", "", 2500, None, "USD", 7)],
    ),
    "bigcommerce": (
        "Item Type,Product ID,Product Name,Product Code/SKU,Price,Retail Price,Sale Price,"
        "Current Stock Level,Track Inventory\n"
        "Product,80,Coat,WC,129.00,199.00,0.00,5,by product\n  SKU,80,[S]Size=M,WC-M,135.00,,,3,\n"
        "  SKU,80,[S]Size=L,WC-L,,,,2,\nProduct,81,Scarf,SC,25.00,0.00,20.00,7,none\n",
        [("WC-M", "M", 13500, None, "CNY", 3), ("WC-L", "L", 12900, 19900, "CNY", 2),
         ("SC", "", 2000, 2500, "CNY", None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLATFORMS)
def test_each_platforms_own_heads_are_understood(tmp_path: Path, name: str) -> None:
    text, wanted = PLATFORMS[name]
    found = read(tmp_path, text)
    assert rows(found) == wanted
    assert faults(found) == []


def test_what_stands_apart_in_those_exports_is_refused(tmp_path: Path) -> None:
    ebay = "Item number,Title,Start price,Relationship,Custom label\n"
    alone = read(tmp_path, ebay + ",,5.00,Variation,A\n7,Coat,,,B\n8,Cap,2.00,,C\n")
    assert faults(alone) == [(2, "no_parent"), (3, "empty")]
    assert [v.sku for p in alone.products for v in p.variants] == ["C"]
    parts = "Item Type,Product Name,Product Code/SKU,Price\n"
    lost = read(tmp_path, f"{parts}SKU,[S]Size=M,A,1.00\nProduct,Cap,B,2.00\n")
    assert faults(lost) == [(2, "no_parent")]


def test_cells_out_of_a_page_have_no_tags(tmp_path: Path) -> None:
    cells = "A1,<b>大衣</b>&nbsp;驼色<br/>,,<span class='x'>99.00</span>,<td>5</td>"
    found = read(tmp_path, f"{HEADS}\n{cells}\n")
    assert skus(found) == {"A1": (9900, 5)}
    assert found.products[0].name == "大衣 驼色"


@pytest.mark.parametrize(
    ("cell", "price"), [("99.90 /件", 9990), ("¥99每条", 9900), ("1 299 000,50", 129900050)]
)
def test_prices_per_piece_and_in_groups(tmp_path: Path, cell: str, price: int) -> None:
    assert skus(read(tmp_path, f'{HEADS}\nA1,大衣,,"{cell}",5\n')) == {"A1": (price, 5)}


def test_two_amounts_with_a_space_between_are_none(tmp_path: Path) -> None:
    assert faults(read(tmp_path, f"{HEADS}\nA1,大衣,,99 129,5\nA2,帽,,99 99,5\n")) == [
        (3, "two_amounts")
    ]
