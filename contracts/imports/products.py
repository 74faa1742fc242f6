"""Import of products."""

from crm.chinese.folding import code
from crm.imports import keys
from crm.imports.declared import Import


class ProductImport(Import):
    """The catalogue."""

    prefixes = ("产品", "商品", "物料", "product", "item")
    keys = (
        keys.external(),
        keys.Key(("code",), {"code": code}),
    )
    unique = {
        "code": "product_code_once",
        "external_number": "product_external_once",
    }
    joined = {"description": "\n"}
    names = {
        "code": (
            "产品编码 产品编号 商品编码 物料编码 编码 编号 货号 型号 代码 "
            "product_code code sku num number"
        ),
        "name": "产品名称 商品名称 物料名称 品名 产品 名称 product_name product name",
        "category": "产品分类 产品类别 产品类型 类别 分类 类型 category series",
        "unit": "单位 产品单位 计量单位 unit",
        "price": "价格 单价 标准价格 售价 销售价格 价格（元） price sales_price",
        "on_sale": "是否上架 上架 在售 状态 on_sale active",
        "description": "产品描述 产品介绍 描述 规格 简介 备注 description remark",
    }
