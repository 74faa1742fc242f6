"""What people look for: twenty words of each kind, none asked twice in a first look.

The names are made as `manage.py populate` makes them (`system.population.words`).
"""

_BRANDS = """
华夏 中天 宏达 金鼎 东升 恒丰 瑞祥 鑫源 天成 万通 兴业 盛世 永泰 嘉禾 德信 安泰 汇丰
联创 飞跃 远航
"""
_READ = """
huaxia zhongtian hongda jinding dongsheng hengfeng ruixiang xinyuan tiancheng wantong
xingye shengshi yongtai jiahe dexin antai huifeng lianchuang feiyue yuanhang
"""
_INITIALS = "hx zt hd jd ds hf rx xy tc wt xy ss yt jh dx at hf lc fy yh"
_TRADES = """
科技 软件 电子 贸易 物流 食品 化工 建材 广告 旅游 商贸 餐饮 纺织 家具 印刷 水务 矿业
酒店 农业 电气
"""
BRANDS, READ, TRADES = (text.split() for text in (_BRANDS, _READ, _TRADES))
INITIALS = _INITIALS.split()
#: {kind: what is looked for}
WORDS = {
    "one character": [*"虎鹰鹏龙凤松竹梅雪晨旭阳辉耀江湖峰岭岩林"],
    "two characters, frequent": TRADES,
    "two characters, usual": BRANDS,
    "two characters, absent": [
        f"鲲{sign}" for sign in "鹏虎龙凤松竹梅雪晨旭阳辉耀江湖峰岭岩"
    ],
    "four characters": [f"{brand}{TRADES[n]}" for n, brand in enumerate(BRANDS)],
    "two letters": sorted({*INITIALS, "rf", "ab", "kj", "my", "sz", "bj"})[:20],
    "four initials": [f"{initials}kj" for initials in INITIALS],
    "pinyin": READ,
    "part of a telephone": [f"13{n}{n}00{n}" for n in range(10)]
    + [f"{n}{n + 1}{n + 2}{n + 3}" for n in range(1, 7)]
    + ["138", "139", "8888", "0871"],
}
