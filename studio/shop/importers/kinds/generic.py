"""Any table with heads that say what they are, Chinese or English; 抖店 and 拼多多 sheets too."""

from __future__ import annotations

from studio.core.text import Text
from studio.shop.importers.base import (
    GoodsImporter,
    ReadOptions,
    Record,
    barcode,
    code,
    money,
    pieces,
    plain_text,
    slug,
    was_price,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood
from studio.shop.importers.shape import check_shape


class GenericGoods(GoodsImporter):
    """One row a SKU; rows of one product share its id, or its name where there are options."""

    kind = "generic"
    label = Text("通用表格", "Any table")
    help = Text("按表头认出商品名、价格、库存。", "Finds name, price and stock by their heads.")
    is_generic = True
    needs = ("name|sku|barcode", "price|stock|name")
    columns = {
        "product_id": ("商品id", "宝贝id", "spuid", "spu id", "spu", "商品spu", "product id",
                       "item id", "parent sku", "父商品id"),
        "name": ("商品名称", "商品标题", "宝贝名称", "宝贝标题", "商品名", "产品名称", "品名",
                 "名称", "标题", "产品标题", "产品名", "product name", "item name", "product title",
                 "title", "name", "product", "item", "artikel", "bezeichnung", "produktname",
                 "商品"),
        # What names one variant goes before what names a product of several.
        "sku": ("sku编码", "规格编码", "规格商家编码", "型号编码", "sku商家编码", "商家sku",
                "sku码", "seller sku", "sellersku", "variation sku", "variant sku", "商家编码",
                "商品编码", "货号", "款号", "商品货号", "sku", "outer id", "sku id", "skuid",
                "item sku", "product code/sku", "custom label", "reference", "编码", "商品编号",
                "item no", "item number", "artikelnummer", "code", "product code"),
        "barcode": ("条码", "条形码", "商品条码", "国际条码", "69码", "upc编码", "upc码", "barcode",
                    "gtin", "ean", "upc", "ean13"),
        "option": ("规格", "规格名称", "规格1", "规格2", "规格3", "sku值", "sku规格", "销售规格",
                   "规格值", "规格值1", "规格值2", "规格信息", "型号名称", "型号", "颜色",
                   "颜色分类", "尺码", "尺寸", "款式", "color", "colour", "size", "variant",
                   "variation", "variation name", "variations combo", "variant name", "option",
                   "option1 value", "option2 value", "option 1", "option 2"),
        "price": ("规格价格", "型号价格", "sku价格", "售价", "京东价", "价格", "销售价", "销售价格",
                  "商品价格", "宝贝价格", "一口价", "团购价", "拼单价", "现价", "单价", "零售价",
                  "单买价", "券后价", "variation price", "price (tax incl.)", "price tax included",
                  "price", "selling price", "sale price", "unit price", "your price", "start price",
                  "buy it now price", "price (tax excl.)", "retail price", "current price", "preis",
                  "prix", "verkaufspreis"),
        "sale": ("special price", "specialprice", "促销价", "活动价", "秒杀价", "折扣价", "特价",
                 "discount price", "discounted price", "promo price", "promotional price"),
        "was": ("原价", "划线价", "吊牌价", "市场价", "参考价", "建议零售价", "compare at price",
                "compare at", "list price", "original price", "was price", "msrp", "rrp", "uvp"),
        "cost": ("成本价", "成本", "进价", "采购价", "cost", "cost price"),
        "stock": ("规格库存", "型号库存", "sku库存", "库存", "现货库存", "库存数量", "宝贝数量",
                  "可售库存", "可用库存", "可售数量", "库存件数", "总库存", "数量", "stock",
                  "quantity", "qty", "inventory", "stock quantity", "variation stock",
                  "current stock level", "available quantity", "on hand", "available", "bestand",
                  "inventory quantity"),
        "category": ("类目", "分类", "商品类目", "商品分类", "category", "product type", "type"),
        "picture": ("主图", "商品首图", "商品主图", "图片", "image", "image url", "picture"),
        "detail": ("卖点", "材质", "备注", "描述", "商品描述", "详情", "description", "note",
                   "notes", "material", "上架", "是否上架", "限购数量", "品牌", "brand", "单位"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        check_shape(record, options.currency)
        name, sku, bar = plain_text(record.get("name")), code(record, "sku"), barcode(record, out)
        options_text = " · ".join(record.all("option"))
        product_id = record.get("product_id")
        has_price = "price" in record.table.fields
        if not (name or sku or bar):
            raise record.refuse("name", "no_name")
        if not name and has_price:
            raise record.refuse("name", "no_name")
        price, currency = None, options.currency
        if has_price:
            price, currency = money(record, "price", options, out)
        was = money(record, "was", options, out)[0] if record.get("was") else None
        if price is not None and record.get("sale"):
            sale = money(record, "sale", options, out)[0]
            if 0 < sale < price:
                price, was = sale, price
        key = product_id or (name if options_text else "") or sku or bar or name
        product = groups.get(key)
        if product is None:
            product = groups[key] = GoodsProduct(
                product_id or key, name or sku or bar, record.row, category=record.get("category")
            )
        product.variants.append(
            GoodsVariant(
                sku or bar or slug(product_id or name, options_text), record.row, options_text,
                price, was_price(price, was), currency, pieces(record, "stock", out), bar,
                bool(sku or bar),
            )
        )  # fmt: skip
