"""Signs with several readings that names of firms, places and people are typed by.

Only readings in living use, without tones: a dictionary has three times as many, and
each doubles what is kept of a name. Which of them a name has is often known to its
bearers alone (乐嘉 is Le, 乐毅 is Yue; 厦华 is Xia, 广厦 is Sha).
"""

_TABLE = """
阿 a e|艾 ai yi|拗 ao niu|柏 bai bo|磅 bang pang|蚌 bang beng|堡 bao bu pu|暴 bao pu
曝 bao pu|被 bei pi|贲 ben bi|便 bian pian|扁 bian pian|槟 bin bing|剥 bo bao
泊 bo po|薄 bo bao|卜 bu bo|参 can shen cen|藏 cang zang|刹 cha sha|查 cha zha
禅 chan shan|颤 chan zhan|裳 chang shang|长 chang zhang|朝 chao zhao|谌 chen shen
乘 cheng sheng|称 cheng chen|重 chong zhong|臭 chou xiu|畜 chu xu|褚 chu zhu
椎 chui zhui|枞 cong zong|撮 cuo zuo|嗒 da ta|单 dan shan chan|弹 dan tan|澹 dan tan
铛 dang cheng|叨 dao tao|佃 dian tian|调 diao tiao|侗 dong tong|峒 dong tong
读 du dou|囤 dun tun|恶 e wu|番 fan pan|繁 fan po|盖 gai ge|镐 gao hao
咯 ge ka lo|给 gei ji|莞 guan wan|柜 gui ju|桧 gui hui|炔 gui que|龟 gui jun qiu
蛤 ha ge|还 hai huan|吭 hang keng|夯 hang ben|纥 he ge|黑 hei he|浒 hu xu
会 hui kuai|浍 hui kuai|祭 ji zhai|缉 ji qi|荠 ji qi|价 jia jie|伽 jia ga qie
贾 jia gu|侥 jiao yao|嚼 jiao jue|缴 jiao zhuo
角 jiao jue|藉 jie ji|解 jie xie|颉 jie xie|劲 jin jing|颈 jing geng|炅 jiong gui
句 ju gou|咀 ju zui|桔 ju jie|觉 jue jiao|浚 jun xun|筠 jun yun|隽 jun juan
卡 ka qia|咖 ka ga|楷 kai jie|阚 kan han|扛 kang gang|壳 ke qiao|恪 ke que
括 kuo gua|腊 la xi|蜡 la zha|乐 le yue|勒 le lei|肋 lei le|栎 li yue|俩 lia liang
靓 liang jing|六 liu lu|碌 lu liu|纶 lun guan|漯 luo ta|络 luo lao|落 luo la lao
吕 lv lu|履 lv lu|律 lv lu|旅 lv lu|氯 lv lu|滤 lv lu|率 lv shuai|绿 lv lu|虑 lv lu
铝 lv lu|驴 lv lu|掠 lve lue|略 lve lue|埋 mai man|脉 mai mo|蔓 man wan|芒 mang wang
冒 mao mo|么 me yao|亹 men wei|泌 mi bi|秘 mi bi|糜 mi mei|谜 mi mei|渑 mian sheng
缪 miao mou|模 mo mu|牟 mu mou|娜 na nuo|呢 ne ni|尿 niao sui|乜 nie mie
弄 nong long|喏 nuo re|女 nv nu|疟 nve yao|扒 pa ba|胖 pang pan|刨 pao bao|辟 pi bi
朴 piao pu po|骠 piao biao|屏 ping bing|迫 po pai|埔 pu bu|瀑 pu bao
栖 qi xi|祇 qi zhi|乾 qian gan|犍 qian jian|铅 qian yan|茄 qie jia
亲 qin qing|溱 qin zhen|覃 qin tan|仇 qiu chou|区 qu ou|瞿 qu ju|券 quan xuan
塞 sai se|莎 sha suo|杉 shan sha|歙 she xi|莘 shen xin|晟 sheng cheng|盛 sheng cheng
什 shi shen|适 shi kuo|熟 shu shou|伺 si ci|似 si shi|宿 su xiu|缩 suo su|陶 tao yao
钭 tou dou|褪 tui tun|尉 wei yu|蔚 wei yu|隗 wei kui|挝 wo zhua|涡 wo guo|戏 xi hu
洗 xi xian|郗 xi chi|厦 xia sha|吓 xia he|呷 xia ga|冼 xian xi|纤 xian qian
校 xiao jiao|邪 xie ye|荥 xing ying|行 xing hang|陉 xing jing|削 xue xiao|血 xue xie
荨 xun qian|郇 xun huan|咽 yan ye|钥 yao yue|铫 yao diao|眙 yi chi|遗 yi wei
吁 yu xu|员 yuan yun|熨 yun yu|咋 za ze zha|攒 zan cuan|曾 zeng ceng
喳 zha cha|扎 zha za|栅 zha shan|轧 zha ya ga|翟 zhai di|粘 zhan nian|召 zhao shao
折 zhe she|种 zhong chong|著 zhu zhe zhuo|爪 zhua zhao|赚 zhuan zuan
幢 zhuang chuang|琢 zhuo zuo|仔 zi zai|柞 zuo zha
"""

#: {sign: its readings}; whichever of them a name is read by, the others find it too.
POLYPHONES = {
    sign: tuple(readings)
    for sign, *readings in map(str.split, _TABLE.strip().replace("\n", "|").split("|"))
}
