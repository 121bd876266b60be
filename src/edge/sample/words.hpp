// The words that the sample is made of. Combinations are invented: no person or company is meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace guanxi::edge::sample {

using text = std::string_view;

/// A Chinese word and its pinyin.
struct syllable { text zh, pinyin; };

inline constexpr syllable surnames[] = {
    {"王", "wang"}, {"李", "li"},   {"张", "zhang"}, {"刘", "liu"},  {"陈", "chen"}, {"杨", "yang"},
    {"黄", "huang"}, {"赵", "zhao"}, {"吴", "wu"},    {"周", "zhou"}, {"徐", "xu"},   {"孙", "sun"},
    {"马", "ma"},   {"朱", "zhu"},  {"胡", "hu"},    {"郭", "guo"},  {"何", "he"},   {"林", "lin"},
    {"高", "gao"},  {"罗", "luo"},  {"郑", "zheng"}, {"梁", "liang"}, {"谢", "xie"}, {"宋", "song"},
    {"唐", "tang"}, {"许", "xu"},   {"邓", "deng"},  {"冯", "feng"}, {"曹", "cao"},  {"彭", "peng"},
    {"曾", "zeng"}, {"单", "shan"}, {"解", "xie"},   {"仇", "qiu"},  {"区", "ou"},   {"吕", "lv"}};
inline constexpr syllable compound_surnames[] = {
    {"欧阳", "ouyang"}, {"司马", "sima"},    {"上官", "shangguan"}, {"诸葛", "zhuge"},
    {"令狐", "linghu"}, {"皇甫", "huangfu"}, {"尉迟", "yuchi"},     {"夏侯", "xiahou"}};
inline constexpr syllable given_syllables[] = {
    {"伟", "wei"},  {"芳", "fang"},  {"娜", "na"},    {"敏", "min"},   {"静", "jing"}, {"丽", "li"},
    {"强", "qiang"}, {"磊", "lei"},  {"洋", "yang"},  {"艳", "yan"},   {"勇", "yong"}, {"杰", "jie"},
    {"娟", "juan"}, {"涛", "tao"},   {"明", "ming"},  {"超", "chao"},  {"霞", "xia"},  {"平", "ping"},
    {"刚", "gang"}, {"桂", "gui"},   {"英", "ying"},  {"华", "hua"},   {"慧", "hui"},  {"建", "jian"},
    {"婷", "ting"}, {"雪", "xue"},   {"浩", "hao"},   {"宇", "yu"},    {"欣", "xin"},  {"晨", "chen"},
    {"子", "zi"},   {"涵", "han"},   {"博", "bo"},    {"文", "wen"},   {"思", "si"},   {"远", "yuan"},
    {"嘉", "jia"},  {"怡", "yi"},    {"瑞", "rui"},   {"琳", "lin"},   {"清", "qing"}, {"睿", "rui"}};

inline constexpr text first_names[] = {
    "Amelia", "Aaron",  "Bridget", "Callum", "Clara",  "Damian", "Edith",  "Elliot", "Fiona",
    "Felix",  "Gemma",  "Graham",  "Hazel",  "Hector", "Imogen", "Ivan",   "Joanna", "Julian",
    "Katrin", "Kieran", "Leonie",  "Lucas",  "Maeve",  "Marcus", "Nadia",  "Nolan",  "Olive",
    "Oscar",  "Paula",  "Quentin", "Renata", "Rupert", "Selina", "Stefan", "Tessa",  "Tobias",
    "Ursula", "Victor", "Willa",   "Yannick"};
inline constexpr text last_names[] = {
    "Abernall", "Ashgrove", "Barrowdale", "Brackwell", "Calderby", "Coldmere",  "Dunlorne",
    "Eastbrook", "Elmsworth", "Fairholt",  "Fenwicke",  "Garrowby", "Glenhurst", "Hartsley",
    "Hollinby", "Inglemoor", "Jarrowell",  "Kestleton", "Langmere", "Larkfield", "Marwood",
    "Netherby", "Oakhollow", "Penrowe",    "Quarndon",  "Ravensby", "Rookwell",  "Saltmarsh",
    "Selwyck", "Thornaby",  "Tillbrook",  "Underhay",  "Vanterpool", "Wexcombe", "Winterby",
    "Yarrowdale"};

/// Telephone numbers lie in ranges in which no subscriber can be.
struct number_range { text prefix; std::size_t digits; };
struct country_words {
  text name, currency;
  bool chinese;
  text endings[3];
  number_range phone, mobile;
};
inline constexpr country_words china{
    "China", "CNY", true, {"有限公司", "股份有限公司", "集团有限公司"}, {"+86 21 0000 ", 4},
    {"+86 100 0000 ", 4}};
inline constexpr country_words united_states{
    "United States", "USD", false, {"Inc", "LLC", "Corporation"}, {"+1 617 555 01", 2},
    {"+1 303 555 01", 2}};
inline constexpr country_words united_kingdom{
    "United Kingdom", "USD", false, {"Ltd", "Group Ltd", "Partners LLP"}, {"+44 20 7946 0", 3},
    {"+44 7700 900", 3}};

/// A region of the sales organisation, with the places of its customers.
struct place { text zh, en; };
struct region_words {
  text name;
  const country_words* country;
  place cities[5];
};
inline constexpr region_words regions[] = {
    {"East China 华东", &china,
     {{"上海", "Shanghai"}, {"杭州", "Hangzhou"}, {"苏州", "Suzhou"}, {"南京", "Nanjing"},
      {"宁波", "Ningbo"}}},
    {"South China 华南", &china,
     {{"深圳", "Shenzhen"}, {"广州", "Guangzhou"}, {"东莞", "Dongguan"}, {"佛山", "Foshan"},
      {"厦门", "Xiamen"}}},
    {"North America 北美", &united_states,
     {{"波士顿", "Boston"}, {"芝加哥", "Chicago"}, {"丹佛", "Denver"}, {"西雅图", "Seattle"},
      {"亚特兰大", "Atlanta"}}},
    {"North China 华北", &china,
     {{"北京", "Beijing"}, {"天津", "Tianjin"}, {"青岛", "Qingdao"}, {"济南", "Jinan"},
      {"大连", "Dalian"}}},
    {"Europe 欧洲", &united_kingdom,
     {{"伦敦", "London"}, {"曼彻斯特", "Manchester"}, {"利兹", "Leeds"}, {"布里斯托", "Bristol"},
      {"格拉斯哥", "Glasgow"}}},
    {"West China 西部", &china,
     {{"成都", "Chengdu"}, {"重庆", "Chongqing"}, {"西安", "Xi'an"}, {"昆明", "Kunming"},
      {"贵阳", "Guiyang"}}},
};

inline constexpr auto region_count = static_cast<std::int64_t>(std::size(regions));

struct industry_words {
  text name, zh;             ///< zh: as it stands in a company's name
  text en;                   ///< the same in English
  std::int64_t weight;
  std::int64_t win_per_mille;
};
inline constexpr industry_words industries[] = {
    {"manufacturing", "制造", "Works", 22, 610},  {"logistics", "物流", "Logistics", 14, 560},
    {"retail", "商贸", "Trading", 16, 480},       {"energy", "能源", "Energy", 9, 430},
    {"healthcare", "医疗", "Medical", 10, 520},   {"software", "科技", "Systems", 13, 590},
    {"food", "食品", "Foods", 8, 500},            {"education", "教育", "Learning", 5, 380},
    {"construction", "建设", "Construction", 7, 410}, {"electronics", "电子", "Electronics", 11, 570}};

inline constexpr syllable company_words[] = {
    {"岚泽", "lanze"},    {"砚禾", "yanhe"},   {"朔澜", "shuolan"},  {"槿辰", "jinchen"},
    {"筠川", "yunchuan"}, {"澄砚", "chengyan"}, {"穗岳", "suiyue"},  {"霁野", "jiye"},
    {"榆澈", "yuche"},    {"翊珩", "yiheng"},  {"桉途", "antu"},     {"沐稷", "muji"},
    {"珩汐", "hengxi"},   {"砾洲", "lizhou"},  {"蔚澍", "weishu"},   {"郁峤", "yuqiao"},
    {"翎舟", "lingzhou"}, {"葭宁", "jianing"}, {"笙麓", "shenglu"},  {"桐汀", "tongting"},
    {"璟芜", "jingwu"},   {"柏汐", "boxi"},    {"旻舸", "minge"},    {"麦岬", "maijia"}};
inline constexpr text company_words_en[] = {
    "Northfell",  "Quillmere", "Brasswick",  "Hollowbrook", "Tarnside",  "Emberly",
    "Copperlow",  "Driftmoor", "Fennimore",  "Gristvale",   "Harrowgate Bay", "Ironmead",
    "Juniper Row", "Kelpwater", "Larchmont Hill", "Mistlethwaite", "Nettlecombe", "Ottershaw Lane",
    "Pinehollow", "Rushbourne", "Stonewether", "Thistledown", "Umberfield", "Wrenbury Park"};

struct job_words { text zh, en; };
inline constexpr job_words jobs[] = {
    {"采购经理", "Purchasing manager"}, {"总经理", "Managing director"}, {"信息总监", "Head of IT"},
    {"厂长", "Plant manager"},          {"财务总监", "Finance director"}, {"运营经理", "Operations manager"},
    {"技术主管", "Technical lead"},     {"行政助理", "Office assistant"}};

/// tickets: what one sale leads to, per mille of one ticket.
struct product_words {
  text name, code, family;
  std::int64_t price;   ///< whole US dollars
  std::int64_t weight;  ///< how often it is asked for
  std::int64_t tickets;
};
inline constexpr product_words products[] = {
    {"Aster Sensor Basic", "AST-100", "Aster", 120, 16, 250},
    {"Aster Sensor Plus", "AST-200", "Aster", 340, 18, 300},
    {"Aster Sensor Pro", "AST-300", "Aster", 890, 10, 350},
    {"Boreal Gateway", "BOR-100", "Boreal", 1450, 14, 400},
    {"Boreal Gateway XL", "BOR-200", "Boreal", 3900, 7, 500},
    {"Corvid Cloud Team", "COR-100", "Corvid", 2400, 12, 600},
    {"Corvid Cloud Business", "COR-200", "Corvid", 9600, 8, 800},
    {"Corvid Cloud Enterprise", "COR-300", "Corvid", 38000, 3, 1100},
    {"Dovetail Installation", "DOV-100", "Dovetail", 1800, 6, 200},
    {"Dovetail Training", "DOV-200", "Dovetail", 950, 5, 50},
    {"Ember Controller", "EMB-100", "Ember", 2100, 8, 1900},
    {"Ember Controller Pro", "EMB-200", "Ember", 5200, 4, 2400}};

struct source_words {
  text name;
  std::int64_t weight;
  std::int64_t converts;  ///< per mille of its leads
  std::int64_t bonus;     ///< per mille on the chance to win
};
inline constexpr source_words sources[] = {
    {"website", 26, 180, 0},   {"referral", 16, 430, 90}, {"trade show", 14, 240, 20},
    {"partner", 13, 350, 50},  {"cold call", 14, 90, -80}, {"wechat", 12, 210, 10},
    {"advertising", 9, 110, -40}};

struct weighted_text { text words; std::int64_t weight; };
inline constexpr weighted_text lost_reasons[] = {
    {"price", 34}, {"competitor", 24}, {"no decision", 18}, {"no budget", 13}, {"features", 8},
    {"timing", 6}};
inline constexpr weighted_text unqualified_reasons[] = {
    {"no answer", 5}, {"too small", 3}, {"student project", 1}, {"wrong product", 2}};

inline constexpr job_words next_steps[] = {
    {"安排产品演示", "Arrange a product demo"},   {"发送报价单", "Send the quote"},
    {"与采购确认付款条件", "Agree payment terms with purchasing"},
    {"拜访现场", "Visit the site"},               {"等待法务审核合同", "Wait for legal to review the contract"},
    {"准备试用设备", "Prepare a trial unit"}};

struct activity_words { text type, zh, en; std::int64_t weight; };
inline constexpr activity_words activities[] = {
    {"call", "电话沟通需求", "Call about requirements", 30}, {"call", "电话回访", "Follow-up call", 16},
    {"meeting", "现场会议", "Meeting on site", 14},         {"meeting", "产品演示", "Product demo", 10},
    {"email", "发送资料", "Sent documents", 18},            {"task", "准备报价", "Prepare the quote", 8},
    {"note", "竞争对手情况", "Notes on the competition", 4}};

inline constexpr job_words ticket_subjects[] = {
    {"设备无法联网", "Device does not connect"}, {"数据显示延迟", "Readings arrive late"},
    {"申请更换配件", "Replacement part needed"}, {"登录失败", "Cannot sign in"},
    {"发票信息有误", "Invoice details are wrong"}, {"咨询使用方法", "Question about usage"},
    {"固件升级失败", "Firmware update fails"},   {"要求退货", "Asks to return the goods"}};
inline constexpr weighted_text ticket_channels[] = {
    {"phone", 30}, {"email", 28}, {"web", 18}, {"chat", 20}, {"visit", 4}};
inline constexpr weighted_text ticket_priorities[] = {
    {"low", 18}, {"normal", 56}, {"high", 20}, {"urgent", 6}};

}  // namespace guanxi::edge::sample
