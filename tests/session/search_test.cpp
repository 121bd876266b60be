// Search: what a person types finds the records within reach by the fields that the user sees, on
// every store alike; tests/base/search_test.cpp says what is found in which text.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class search_case : public on_every_store {
 protected:
  search_case() {
    const auto person = [&](const char* name, const char* of, const char* mobile) {
      return system()
          .create(contact::entity, {contact::name = name, contact::account = key(of),
                                    schema::system_field::owner = key("nina"),
                                    contact::mobile = mobile})
          .value()
          .key();
    };
    person("张三", "zhang", "138 0013 8000");
    person("单雄信", "zhang", "+86 139-1234-5678");
    person("Zoë Müller", "acme", "(030) 901820");
  }

  static std::string found(const session& s, std::string_view typed,
                           std::string_view query =
                               "select name from contact where search(:typed) order by name") {
    return answer(s, query, {{.name = "typed", .content = typed}});
  }
  static std::string hits(const session& s, std::string_view typed,
                          const search_options& how = {}) {
    const result<rows> r = s.search(typed, how);
    if (!r) return "error: " + std::string(r.error().message());
    std::string out;
    for (std::size_t i = 0; i < r->size(); ++i)
      out += std::string(r->at(i, 0).as_text()) + " " + std::string(r->at(i, 2).as_text()) + " " +
             std::to_string(r->at(i, 3).as_integer()) + "\n";
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(on, search_case, every_store, store_name);

TEST_P(search_case, finds_in_the_searchable_fields) {
  for (const char* typed : {"张三", "张", "zhangsan", "zs", "三 张", "張三", "13800138000", "8000",
                            "+86 138 0013 8000", "张三 8000", "138 zhang"})
    EXPECT_EQ(found(system(), typed), "张三\n") << typed;
  EXPECT_EQ(found(system(), "shan"), "单雄信\n");
  EXPECT_EQ(found(system(), "muller"), "Zoë Müller\n");
  EXPECT_EQ(found(system(), "+49 30 901820"), "Zoë Müller\n");
  for (const char* typed : {"李四", "", " ", "张三 9999", "'", "%"})
    EXPECT_EQ(found(system(), typed), "") << typed;
}

TEST_P(search_case, is_a_condition_like_others) {
  const session s = system();
  EXPECT_EQ(found(s, "z", "select name from contact where not search(:typed) order by name"),
            "单雄信\n");
  EXPECT_EQ(found(s, "zs", "select count() filter (where search(:typed)), count() from contact"),
            "1|3\n");
  EXPECT_EQ(found(s, "茶", "select name from contact where search(:typed, account.name)"
                           " and name != '张三'"),
            "单雄信\n");
  EXPECT_EQ(found(s, "zhangji zs", "select name from contact where "
                                      "search(:typed, name, account.name) order by name"),
            "张三\n");
  EXPECT_EQ(found(s, "zs", "select name from account where any(contacts: search(:typed))"),
            "张记茶业\n");
  EXPECT_EQ(found(s, "zs", "select name from account where id in "
                           "(select account from contact where search(:typed))"),
            "张记茶业\n");
  EXPECT_EQ(found(s, "no", "select if(search(:typed, null), 1, 2), search(null), "
                           "relevance(null, 'x'), search('x', null, 'X') from contact limit 1"),
            "2|null|null|true\n");
  EXPECT_EQ(found(s, "z", "select search(:typed), count() from contact group by search(:typed)"),
            "false|1\ntrue|2\n");
}

TEST_P(search_case, ranks_what_it_finds) {
  const std::string query = "select name, relevance(:typed) from contact "
                            "where search(:typed) order by relevance(:typed) desc, name";
  EXPECT_EQ(found(system(), "z", query), "Zoë Müller|5\n张三|3\n");
  EXPECT_EQ(found(system(), "张三", query), "张三|6\n");
  EXPECT_EQ(answer(system(), "select max(relevance('zs')) from contact"), "2\n");
  EXPECT_EQ(answer(system(), "select name from contact order by relevance('x'), name limit 1"),
            "Zoë Müller\n");
}

TEST_P(search_case, a_hidden_field_finds_and_ranks_nothing) {
  EXPECT_EQ(found(as("nina"), "8000"), "张三\n");
  system()
      .create(field_right::entity,
              {field_right::permission_set = key("standard"),
               field_right::entity_name = "contact", field_right::field = "mobile",
               field_right::may_read = false})
      .value();
  EXPECT_EQ(found(as("nina"), "8000"), "");
  EXPECT_EQ(found(as("nina"), "zs"), "张三\n");
  EXPECT_EQ(hits(as("nina"), "8000"), "");
  EXPECT_EQ(hits(system(), "8000"), "contact 张三 4\n");
  EXPECT_EQ(found(as("nina"), "8", "select name from contact where search(:typed, mobile)"),
            "error: no field `mobile` on `contact`");
}

TEST_P(search_case, looks_at_nothing_out_of_reach) {
  EXPECT_EQ(hits(as("nina"), "bolt"), "");
  EXPECT_EQ(hits(as("nils"), "bolt").substr(0, 14), "account Bolt 6");
  EXPECT_EQ(found(as("sun"), "zs"), "");
}

TEST_P(search_case, one_box_finds_records_of_all_entities) {
  EXPECT_EQ(hits(as("nina"), "zhang"), "account 张记茶业 3\ncontact 张三 3\n");
  EXPECT_EQ(hits(as("nina"), "张"), "account 张记茶业 5\ncontact 张三 5\n");
  EXPECT_EQ(hits(as("nina"), "zhang", {.entities = {"contact", "account"}, .limit = 1}),
            "contact 张三 3\n");
  EXPECT_EQ(hits(as("nina"), ""), "");
  EXPECT_EQ(hits(as("nina"), "a", {.limit = 0}).substr(0, 6), "error:");
  EXPECT_EQ(hits(as("nina"), "a", {.limit = 1001}).substr(0, 6), "error:");
  EXPECT_EQ(hits(as("nina"), "a", {.entities = {"contakt"}}),
            "error: no entity `contakt`; did you mean `contact`?");
  EXPECT_EQ(hits(as("nina"), "a", {.entities = {"stage"}}).substr(0, 38),
            "error: `stage` has no searchable field");
  const rows r = as("nina").search("zs").value();
  ASSERT_EQ(r.columns().size(), 4u);
  EXPECT_EQ(r.columns()[1].name, "id");
}

TEST_P(search_case, goes_by_the_past_the_bin_and_the_archive) {
  session s = system();
  const id zs = s.query("select id from contact where name = '张三'").value().at(0, 0).as_id();
  const std::int64_t then = s.last_change().value();
  schema::draft d = s.draft("contact").value();
  d.set("name", value("李四"));
  s.change(zs, d).value();
  EXPECT_EQ(found(s, "zs"), "");
  EXPECT_EQ(found(s, "lisi"), "李四\n");
  const result<rows> past = s.query("select name from contact where search('zs')", {},
                                    {.as_of = {.sequence = then}});
  EXPECT_EQ(text(past.value()), "张三\n");
  s.archive("contact", zs).value();
  EXPECT_EQ(found(s, "lisi"), "");
  EXPECT_EQ(found(s, "lisi", "select name from contact archived where search(:typed)"), "李四\n");
}

TEST_P(search_case, custom_fields_may_be_searchable) {
  session s = system();
  const schema::field_definition tags{.name = "x_tags", .type = schema::kind::text,
                                      .flags = schema::searchable};
  if (auto ok = s.define("contact", tags); !ok) GTEST_SKIP() << message(ok);
  schema::draft d = s.draft("contact").value();
  d.set("name", value("Ann"));
  d.set("x_tags", value("重要客户"));
  s.create(d).value();
  EXPECT_EQ(found(s, "zhongyao"), "Ann\n");
  EXPECT_EQ(found(s, "ann 重要"), "Ann\n");
}

TEST_P(search_case, says_what_is_wrong) {
  const session s = system();
  EXPECT_EQ(answer(s, "select name from stage where search('x')"),
            "error: `stage` has no searchable field; name the texts to look at, as in "
            "search(:typed, name)");
  EXPECT_EQ(answer(s, "select name from account where search('x', employees)"),
            "error: `search` takes what was typed and, if wanted, the texts to look at, not "
            "`employees` (integer)");
  EXPECT_EQ(answer(s, "select name from account where search()"),
            "error: `search` takes what was typed and, if wanted, the texts to look at, not "
            "nothing");
  EXPECT_EQ(answer(s, "select name from account where relevance('x')").substr(0, 6), "error:");
}

}  // namespace
}  // namespace guanxi::test
