"""The parts that names are made of, and how each part is read."""

from itertools import product
from typing import NamedTuple

from crm.chinese import pinyin, regions
from crm.models import DictionaryItem

#: City and telephone area code; the first ones have the most customers.
CITIES = """
上海021 北京010 深圳0755 广州020 杭州0571 苏州0512 成都028 南京025 武汉027 重庆023
天津022 宁波0574 青岛0532 西安029 无锡0510 长沙0731 郑州0371 东莞0769 佛山0757
济南0531 合肥0551 厦门0592 福州0591 沈阳024 大连0411 昆明0871 温州0577 常州0519
南通0513 泉州0595 嘉兴0573 绍兴0575 金华0579 台州0576 珠海0756 惠州0752 中山0760
烟台0535 潍坊0536 徐州0516 扬州0514 石家庄0311 太原0351 哈尔滨0451 长春0431
南昌0791 贵阳0851 南宁0771 海口0898 兰州0931 银川0951 西宁0971 乌鲁木齐0991
呼和浩特0471 洛阳0379 芜湖0553 赣州0797 唐山0315 保定0312 桂林0773 柳州0772
绵阳0816 玉溪0877 曲靖0874
"""
#: Brands that many companies share.
FAMOUS = """
华夏 中天 宏达 金鼎 东升 恒丰 瑞祥 鑫源 天成 万通 兴业 盛世 永泰 嘉禾 德信 安泰 汇丰
联创 飞跃 远航 博雅 卓越 智联 创新 启明 星辰 海纳 云帆 通达 顺发 利民 康泰 同济 广源
国泰 新宇 正阳 光华 龙腾 凤鸣 九洲 五岳 三江 四方 六合 百川 千禧 虹桥 大地 昆仑 泰山
燕山 黄河 珠江 神州 九鼎 金桥 银河 红星 蓝海 绿源 紫光 青松 白云 春晖 秋实 旭日 明珠
"""
#: First and second characters of all other brands; each has one reading only.
FIRST = """
华中天恒东鼎金瑞宏鑫海云博启远蓝汇联泰国嘉腾创新星飞百光永正安顺润源隆福祥康仁德诚
明智慧优尚品千亿景荣昊宇航凯威丰裕达富宝玉龙凤鹏鹰春夏秋梅竹松雪晨旭阳辉耀皓江河
湖川山峰岭岩林森木水火土
"""
SECOND = """
天通方海世图丰成邦力越达纳帆远大蓝汇联创信泰同科国飞运新华辰扬川州城江河山明恒正洲
彩安顺润鑫源隆业昌瑞临星祥云康宁健仁德胜诚珠智慧聪品诺里亿利宇轩博文思睿佳美欣怡雅
格特斯迪维森坤元庆喜悦
"""
#: Trade and its section of GB/T 4754.
TRADES = """
科技M 信息技术I 软件I 网络科技I 电子C 机械制造C 自动化设备C 智能装备C 精密仪器C 仪表C
电气C 电力设备C 新能源D 环保科技N 新材料C 化工C 生物科技M 医疗器械C 医药C 建筑工程E
装饰工程E 建材F 房地产开发K 物业管理K 园林绿化N 贸易F 国际贸易F 商贸F 电子商务F
供应链管理G 物流G 货运代理G 汽车零部件C 食品C 餐饮管理H 农业发展A 农产品A 纺织C 服饰C
家具C 日用品F 包装材料C 印刷C 文化传媒R 广告L 教育咨询P 人力资源L 企业管理咨询L
财务咨询L 投资管理J 酒店管理H 旅游R 体育文化R 检测技术M 安防科技I 通信技术I 半导体C
航空科技C 船舶工程C 水务D 矿业B
"""
FORMS = "有限公司 有限责任公司 股份有限公司 集团有限公司 实业有限公司 发展有限公司"
SURNAMES = """
王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈彭吕苏卢蒋
蔡贾丁魏薛叶阎潘杜戴夏钟汪田姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万
段雷钱汤尹黎易常武贺赖龚文
"""
GIVEN = """
伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉玲建国志红宇浩欣怡佳琪梓涵轩雨晨
思远嘉博睿诗雯婷峰鹏飞龙云海波斌
"""
#: What registrations are about, and contracts; a year stands before these.
DEALS = """
设备采购 软件开发 技术服务 系统集成 年度维保 仪表供货 备件供应 工程安装 平台升级
咨询服务 框架采购 产品代理 检定服务 改造项目 试点项目 耗材供应
"""
ROADS = """
人民路 中山路 解放路 建设路 和平路 文化路 科技路 创业大道 高新大道 软件园路 滨河路
长江路 黄河路 工业大道 迎宾大道 学府路 金融街 光华路 南京路 环城东路
"""
#: What is said about a contact with a customer, as subject and as text.
PHRASES = """
电话沟通需求 反馈价格偏高 已发送报价单 约定下周拜访 演示产品功能 补充资质材料
跟进合同条款 暂无采购计划 收到招标通知 技术交流会 样品测试通过 样品需要返工
处理售后问题 提醒按期回款 续签意向明确 竞品已经介入 决策人更换 预算正在审批
满意度回访 安排签约仪式 现场勘查完毕 提出定制要求 希望缩短交期 要求延长质保
对比三家方案 仓库需要扩容 产线准备改造 确认验收标准 联合申报项目 参加行业展会
介绍新的型号 培训操作人员 核对往来账目 开具增值税票 更新联系方式 邀请参观工厂
讨论年度框架 询问交货进度 解释计量误差 推荐升级套餐
"""


class Word(NamedTuple):
    """A part of a name: its place in its list, text, pinyin, initials, code."""

    list: str
    place: int
    text: str
    syllables: str
    initials: str
    code: str = ""
    extra: str = ""


def words():
    """Yield the parts of all lists."""
    sections = dict(
        DictionaryItem.objects.filter(kind="industry").values_list("code", "pk")
    )
    for place, entry in enumerate(CITIES.split(), start=1):
        city = entry.rstrip("0123456789")
        code = regions.find(f"{city}市")
        yield _word("city", place, city, code, entry.removeprefix(city))
    for place, entry in enumerate(TRADES.split(), start=1):
        yield _word("trade", place, entry[:-1], str(sections[entry[-1]]))
    for name, texts in _plain().items():
        for place, text in enumerate(texts, start=1):
            yield _word(name, place, text)
    for place, text in enumerate(_letters(SURNAMES), start=1):
        yield _word("surname", place, text, person=True)


def famous():
    """Return how many brands are shared by many companies."""
    return len(FAMOUS.split())


def _plain():
    """Return the lists that have no code."""
    first, second, given = map(_letters, (FIRST, SECOND, GIVEN))
    pairs = [a + b for a, b in product(first, second) if a != b]
    triples = [
        pair + second[(place * 7) % len(second)] for place, pair in enumerate(pairs)
    ]
    return {
        "brand": [*FAMOUS.split(), *pairs, *triples],
        "form": FORMS.split(),
        "given": [*given, *(a + b for a, b in product(given, given))],
        "deal": [f"年{deal}合同" for deal in DEALS.split()],
        "demand": DEALS.split(),
    }


def _letters(text):
    return [*"".join(text.split())]


def _word(name, place, text, code="", extra="", *, person=False):
    syllables, initials = pinyin.searchable(text, person=person).split()
    return Word(name, place, text, syllables, initials, code, extra)


def single_givens():
    """Return how many given names have one character; they come first."""
    return len(_letters(GIVEN))
