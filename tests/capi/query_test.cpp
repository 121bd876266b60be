#include "shop.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

namespace {

using namespace shop;

parameters new_parameters() {
  fault f;
  guanxi_parameters* out = nullptr;
  must(guanxi_parameters_create(&out, f.out()), f);
  return parameters(out);
}

std::string text_at(const answer& a, std::int64_t row, std::int32_t column) {
  fault f;
  const char* out = nullptr;
  must(guanxi_result_text(a.get(), row, column, &out, nullptr, f.out()), f);
  return out ? out : "null";
}

TEST(capi_query, describes_its_columns) {
  const store s;
  s.deal(s.li.get(), "Tills", 10965);
  const answer a =
      query(s.li.get(), "select name, amount, close_date, count() as n from opportunity "
                        "group by name, amount, close_date");
  ASSERT_EQ(guanxi_result_column_count(a.get()), 4);
  EXPECT_EQ(guanxi_result_row_count(a.get()), 1);
  const auto about = [&](std::int32_t column) {
    return told<guanxi_column_info>(guanxi_result_column_info, a.get(), column);
  };
  EXPECT_EQ(about(0).type, GUANXI_TYPE_TEXT);
  EXPECT_STREQ(about(1).name, "amount");
  EXPECT_EQ(about(1).type, GUANXI_TYPE_DECIMAL);
  EXPECT_EQ(about(1).scale, 2);
  EXPECT_EQ(about(1).is_money, 1);
  EXPECT_STREQ(about(1).label_en, "Amount");
  EXPECT_STREQ(about(1).label_zh, "金额");
  EXPECT_EQ(about(2).type, GUANXI_TYPE_DATE);
  EXPECT_EQ(about(3).type, GUANXI_TYPE_INTEGER);
  EXPECT_EQ(about(3).is_money, 0);
  EXPECT_STREQ(about(3).label_zh, "n");
  fault f;
  for (const std::int32_t column : {4, -1}) {
    guanxi_column_info none = {};
    none.struct_size = sizeof none;
    EXPECT_EQ(guanxi_result_column_info(a.get(), column, &none, f.out()), GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(none.name, nullptr);
  }
  std::int32_t at = 0;
  EXPECT_EQ(guanxi_result_column(a.get(), "close_date", nts, &at, f.out()), GUANXI_OK);
  EXPECT_EQ(at, 2);
  EXPECT_EQ(guanxi_result_column(a.get(), "clos_date", nts, &at, f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(f.message(), "no column `clos_date`; did you mean `close_date`?");
}

TEST(capi_query, reads_cells_of_every_type) {
  const store s;
  s.deal(s.li.get(), "Tills", 10965);
  const answer a = query(s.system.get(),
                         "select amount, stage, created_at, count() as n, close_date from "
                         "opportunity group by amount, stage, created_at, close_date");
  fault f;
  std::int64_t number = 0;
  std::int32_t scale = 0, is_null = 0, days = 9;
  EXPECT_EQ(guanxi_result_decimal(a.get(), 0, 0, &number, &scale, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(number, 10965);
  EXPECT_EQ(scale, 2);
  EXPECT_EQ(guanxi_result_reference(a.get(), 0, 1, &number, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(number, s.qualified);
  EXPECT_EQ(guanxi_result_instant(a.get(), 0, 2, &number, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(number, store::now);
  EXPECT_EQ(guanxi_result_integer(a.get(), 0, 3, &number, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(number, 1);
  EXPECT_EQ(guanxi_result_date(a.get(), 0, 4, &days, &is_null, f.out()), GUANXI_OK);
  EXPECT_EQ(is_null, 1);
  EXPECT_EQ(days, 0);
  const answer flags = query(s.system.get(), "select active from user where login = 'li'");
  std::int32_t active = 0;
  EXPECT_EQ(guanxi_result_boolean(flags.get(), 0, 0, &active, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(active, 1);
}

TEST(capi_query, a_cell_out_of_range_or_of_another_type_is_refused) {
  const store s;
  s.account(s.li.get(), "Acme");
  const answer a = query(s.li.get(), "select name, phone from account");
  fault f;
  std::int64_t number = 0;
  const char* text = "";
  EXPECT_EQ(guanxi_result_text(a.get(), 1, 0, &text, nullptr, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(f.message(), "row 1 is none of 1");
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(guanxi_result_text(a.get(), -1, 0, &text, nullptr, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_result_text(a.get(), 0, 2, &text, nullptr, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_result_integer(a.get(), 0, 0, &number, nullptr, f.out()), GUANXI_TYPE_MISMATCH);
  std::size_t length = 9;
  EXPECT_EQ(guanxi_result_text(a.get(), 0, 1, &text, &length, f.out()), GUANXI_OK);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(length, 0U);
}

TEST(capi_query, texts_end_in_a_nul_and_stay_with_the_result) {
  const store s;
  for (const char* name : {"Acme", "", "李雷", "Zeta"}) {
    const draft d = new_draft(s.li.get(), "contact");
    set(d, "name", "x");
    set(d, "job_title", name);
    create(s.li.get(), d);
  }
  const answer a = query(s.li.get(), "select job_title from contact order by id");
  fault f;
  std::vector<const char*> kept;
  for (std::int64_t row = 0; row < guanxi_result_row_count(a.get()); ++row) {
    const char* text = nullptr;
    std::size_t length = 0;
    ASSERT_EQ(guanxi_result_text(a.get(), row, 0, &text, &length, f.out()), GUANXI_OK);
    EXPECT_EQ(std::string(text ? text : "").size(), length);
    kept.push_back(text);
  }
  EXPECT_STREQ(kept[0], "Acme");
  EXPECT_STREQ(kept[2], "李雷");
  EXPECT_STREQ(kept[3], "Zeta");
}

TEST(capi_query, a_const_result_is_read_by_several_threads) {
  const store s;
  for (int i = 0; i < 50; ++i) s.account(s.li.get(), "Acme " + std::to_string(i));
  const answer a = query(s.li.get(), "select name from account order by id");
  std::vector<std::thread> readers;
  for (int t = 0; t < 4; ++t)
    readers.emplace_back([&] {
      for (std::int64_t row = 0; row < 50; ++row)
        EXPECT_EQ(text_at(a, row, 0), "Acme " + std::to_string(row));
    });
  for (std::thread& t : readers) t.join();
}

TEST(capi_query, takes_parameters_and_lists) {
  const store s;
  for (const char* name : {"Acme", "Beta", "Gamma"}) s.account(s.li.get(), name);
  const parameters p = new_parameters();
  fault f;
  ASSERT_EQ(guanxi_parameters_set_text(p.get(), "name", nts, "Beta", nts, f.out()), GUANXI_OK);
  answer a = query(s.li.get(), "select name from account where name = :name", p.get());
  EXPECT_EQ(guanxi_result_row_count(a.get()), 1);
  for (const char* name : {"Acme", "Gamma"}) {
    const guanxi_value member = a_text(name);
    ASSERT_EQ(guanxi_parameters_append(p.get(), "names", nts, &member, f.out()), GUANXI_OK);
  }
  a = query(s.li.get(), "select name from account where name in :names order by name", p.get());
  ASSERT_EQ(guanxi_result_row_count(a.get()), 2);
  EXPECT_EQ(text_at(a, 1, 0), "Gamma");
  ASSERT_EQ(guanxi_parameters_set_list(p.get(), "names", nts, f.out()), GUANXI_OK);
  a = query(s.li.get(), "select name from account where name in :names", p.get());
  EXPECT_EQ(guanxi_result_row_count(a.get()), 0);
  const guanxi_value one = an_integer(1);
  EXPECT_EQ(guanxi_parameters_append(p.get(), "name", nts, &one, f.out()), GUANXI_MISUSE);
}

TEST(capi_query, says_where_the_text_is_wrong) {
  const store s;
  fault f;
  guanxi_result* out = nullptr;
  EXPECT_EQ(guanxi_query(s.li.get(), "select nam from account", nts, nullptr, nullptr, &out,
                         f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_error_offset(f.get()), 7);
  EXPECT_NE(f.message().find("did you mean `name`?"), std::string::npos) << f.message();
  EXPECT_EQ(guanxi_query(s.li.get(), "select from", nts, nullptr, nullptr, &out, f.out()),
            GUANXI_PARSE);
  EXPECT_EQ(out, nullptr);
}

TEST(capi_query, a_hidden_field_is_no_field) {
  const store s;
  s.hide("account", "phone");
  fault f;
  guanxi_result* out = nullptr;
  EXPECT_EQ(guanxi_query(s.li.get(), "select name from account order by phone", nts, nullptr,
                         nullptr, &out, f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_query(s.li.get(), "select phone from account", nts, nullptr, nullptr, &out,
                         f.out()), GUANXI_UNKNOWN_NAME);
}

TEST(capi_query, keeps_within_its_bounds) {
  const store s;
  for (const char* name : {"Acme", "Beta"}) s.account(s.li.get(), name);
  guanxi_query_options within = {};
  within.struct_size = sizeof within;
  within.max_rows = 1;
  fault f;
  guanxi_result* out = nullptr;
  EXPECT_EQ(guanxi_query(s.li.get(), "select name from account", nts, nullptr, &within, &out,
                         f.out()), GUANXI_LIMIT);
  within.max_rows = -1;
  EXPECT_EQ(guanxi_query(s.li.get(), "select name from account", nts, nullptr, &within, &out,
                         f.out()), GUANXI_INVALID_ARGUMENT);
  within.max_rows = 0;
  within.max_memory = 50;
  EXPECT_EQ(guanxi_query(s.li.get(), "select name from account", nts, nullptr, &within, &out,
                         f.out()), GUANXI_LIMIT);
  EXPECT_NE(f.message().find("cap of 50 bytes"), std::string::npos) << f.message();
  within.max_memory = -1;
  EXPECT_EQ(guanxi_query(s.li.get(), "select name from account", nts, nullptr, &within, &out,
                         f.out()), GUANXI_INVALID_ARGUMENT);
  within.max_memory = 0;
  within.deadline_ms = -5;
  EXPECT_EQ(guanxi_query(s.li.get(), "select name from account", nts, nullptr, &within, &out,
                         f.out()), GUANXI_INVALID_ARGUMENT);
}

TEST(capi_query, a_session_is_usable_after_an_interrupt) {
  const store s;
  s.account(s.li.get(), "Acme");
  guanxi_interrupt(s.li.get());
  EXPECT_EQ(guanxi_result_row_count(query(s.li.get(), "select name from account").get()), 1);
}

TEST(capi_query, becomes_json) {
  const store s;
  s.deal(s.li.get(), "\"Tills\"", 10965);
  const answer a = query(s.li.get(), "select name, amount, close_date from opportunity");
  fault f;
  guanxi_buffer* out = nullptr;
  ASSERT_EQ(guanxi_result_json(a.get(), &out, f.out()), GUANXI_OK) << f.message();
  const buffer json(out);
  std::size_t length = 0;
  const std::string text = guanxi_buffer_data(out, &length);
  EXPECT_EQ(text.size(), length);
  EXPECT_EQ(text,
            "{\"columns\": [{\"name\": \"name\", \"type\": \"text\"}, "
            "{\"name\": \"amount\", \"type\": \"decimal\", \"scale\": 2}, "
            "{\"name\": \"close_date\", \"type\": \"date\"}], "
            "\"rows\": [[\"\\\"Tills\\\"\", 109.65, null]]}");
}

TEST(capi_query, becomes_csv) {
  const store s;
  s.account(s.li.get(), "=1+1, Acme");
  const answer a = query(s.li.get(), "select name, phone from account");
  fault f;
  guanxi_buffer* out = nullptr;
  ASSERT_EQ(guanxi_result_csv(a.get(), &out, f.out()), GUANXI_OK) << f.message();
  const buffer csv(out);
  EXPECT_STREQ(guanxi_buffer_data(out, nullptr), "name,phone\r\n\"'=1+1, Acme\",\r\n");
}

TEST(capi_query, an_arrow_stream_outlives_its_result) {
  const store s;
  s.account(s.li.get(), "Acme");
  answer a = query(s.li.get(), "select name from account");
  ArrowArrayStream stream = {};
  fault f;
  ASSERT_EQ(guanxi_result_arrow_stream(a.get(), &stream, f.out()), GUANXI_OK) << f.message();
  a.reset();
  ArrowSchema schema = {};
  ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
  EXPECT_STREQ(schema.format, "+s");
  ASSERT_EQ(schema.n_children, 1);
  EXPECT_STREQ(schema.children[0]->name, "name");
  EXPECT_STREQ(schema.children[0]->format, "u");
  ArrowArray array = {};
  ASSERT_EQ(stream.get_next(&stream, &array), 0);
  stream.release(&stream);
  ASSERT_EQ(array.length, 1);
  EXPECT_EQ(std::string_view(static_cast<const char*>(array.children[0]->buffers[2]), 4), "Acme");
  array.release(&array);
  schema.release(&schema);
}

TEST(capi_query, totals_are_rows_with_a_mark) {
  const store s;
  for (const std::int64_t cents : {10965, 35, 200}) s.deal(s.li.get(), "Tills", cents);
  const answer a = query(s.li.get(), "select name, percentile(amount, 0.25), grouping(name), "
                                     "running_sum(count()) from opportunity group by rollup(name)");
  ASSERT_EQ(guanxi_result_row_count(a.get()), 2);
  EXPECT_EQ(text_at(a, 0, 0), "Tills");
  EXPECT_EQ(text_at(a, 1, 0), "null");
  for (const std::int64_t row : {0, 1}) {
    guanxi_value v = {};
    v.struct_size = sizeof v;
    fault f;
    ASSERT_EQ(guanxi_result_value(a.get(), row, 1, &v, f.out()), GUANXI_OK);
    EXPECT_EQ(v.integer, 11750);
    EXPECT_EQ(v.scale, 4);
    ASSERT_EQ(guanxi_result_value(a.get(), row, 2, &v, f.out()), GUANXI_OK);
    EXPECT_EQ(v.integer, row);
  }
}

TEST(capi_query, gives_the_cursor_to_the_next_page) {
  const store s;
  for (int cents : {300, 100, 200}) s.deal(s.li.get(), "Tills", cents);
  const char* text = "select amount from opportunity order by amount limit 2 after :cursor";
  const parameters with = new_parameters();
  fault f;
  must(guanxi_parameters_set_null(with.get(), "cursor", nts, f.out()), f);
  const auto page = [&] {
    guanxi_result* out = nullptr;
    must(guanxi_query(s.li.get(), text, nts, with.get(), nullptr, &out, f.out()), f);
    return answer(out);
  };
  const answer first = page();
  const char* next = nullptr;
  std::size_t length = 0;
  std::int64_t since = 0;
  must(guanxi_result_page(first.get(), &next, &length, &since, f.out()), f);
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(std::string_view(next).size(), length);
  EXPECT_GT(since, 0);
  must(guanxi_parameters_set_text(with.get(), "cursor", nts, next, length, f.out()), f);
  const answer last = page();
  EXPECT_EQ(guanxi_result_row_count(last.get()), 1);
  EXPECT_EQ(guanxi_result_column_count(last.get()), 1);
  must(guanxi_result_page(last.get(), &next, &length, nullptr, f.out()), f);
  EXPECT_EQ(next, nullptr);
  EXPECT_EQ(length, 0U);
}

TEST(capi_query, is_read_once_and_run_often) {
  const store s;
  for (int cents : {300, 100, 200}) s.deal(s.li.get(), "Tills", cents);
  fault f;
  guanxi_prepared* made = nullptr;
  must(guanxi_prepare("select amount from opportunity where amount > :least and amount < :most "
                      "and amount != :least order by amount", nts, &made, f.out()), f);
  const prepared_query q(made);
  ASSERT_EQ(guanxi_prepared_parameter_count(q.get()), 2);
  const char* name = nullptr;
  std::size_t length = 0;
  must(guanxi_prepared_parameter(q.get(), 1, &name, &length, f.out()), f);
  EXPECT_EQ(std::string_view(name, length), "most");
  EXPECT_EQ(guanxi_prepared_parameter(q.get(), 2, &name, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(name, nullptr);
  for (const int least : {0, 1, 2}) {
    const parameters with = new_parameters();
    must(guanxi_parameters_set_integer(with.get(), "least", nts, least, f.out()), f);
    must(guanxi_parameters_set_integer(with.get(), "most", nts, 3, f.out()), f);
    guanxi_result* out = nullptr;
    must(guanxi_query_prepared(s.li.get(), q.get(), with.get(), nullptr, &out, f.out()), f);
    EXPECT_EQ(guanxi_result_row_count(answer(out).get()), 2 - least) << least;
  }
  EXPECT_EQ(guanxi_prepare("select", nts, &made, f.out()), GUANXI_PARSE);
  EXPECT_EQ(made, nullptr);
}

TEST(capi_query, children_are_answers_of_their_own) {
  const store s;
  fault f;
  const record acme = s.account(s.li.get(), "Acme");
  for (const char* name : {"Ann", "Bob"}) {
    const draft d = new_draft(s.li.get(), "contact");
    set(d, "name", name);
    point(d, "account", guanxi_record_id(acme.get()));
    create(s.li.get(), d);
  }
  s.account(s.li.get(), "Bolt");
  const answer a = query(s.li.get(), "select name, (select name from contacts order by name) as "
                                     "people from account order by name");
  EXPECT_EQ(guanxi_result_has_children(a.get(), 0), 0);
  EXPECT_EQ(guanxi_result_has_children(a.get(), 1), 1);
  EXPECT_EQ(guanxi_result_has_children(a.get(), 7), 0);
  EXPECT_EQ(guanxi_result_has_children(nullptr, 1), 0);
  std::int64_t count = 0;
  must(guanxi_result_integer(a.get(), 0, 1, &count, nullptr, f.out()), f);
  EXPECT_EQ(count, 2);
  guanxi_result* out = nullptr;
  must(guanxi_result_children(a.get(), 0, 1, &out, f.out()), f);
  const answer people(out);
  ASSERT_EQ(guanxi_result_row_count(people.get()), 2);
  const char* name = nullptr;
  must(guanxi_result_text(people.get(), 1, 0, &name, nullptr, f.out()), f);
  EXPECT_STREQ(name, "Bob");
  must(guanxi_result_children(a.get(), 1, 1, &out, f.out()), f);
  EXPECT_EQ(guanxi_result_row_count(answer(out).get()), 0);
  EXPECT_EQ(guanxi_result_children(a.get(), 0, 0, &out, f.out()), GUANXI_TYPE_MISMATCH);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(guanxi_result_children(a.get(), 2, 1, &out, f.out()), GUANXI_INVALID_ARGUMENT);
  guanxi_buffer* json = nullptr;
  must(guanxi_result_json(a.get(), &json, f.out()), f);
  EXPECT_STREQ(guanxi_buffer_data(json, nullptr),
               R"({"columns": [{"name": "name", "type": "text"}, {"name": "people", "type": )"
               R"("children", "columns": [{"name": "name", "type": "text"}]}], "rows": )"
               R"([["Acme", [["Ann"], ["Bob"]]], ["Bolt", []]]})");
  guanxi_buffer_release(json);
}

TEST(capi_query, one_box_finds_records_of_all_entities) {
  const store s;
  fault f;
  for (const char* name : {"Acme", "Anna's", "Bolt"}) s.account(s.li.get(), name);
  guanxi_search_options how = {};
  how.struct_size = sizeof how;
  const auto rows = [&](const char* typed, const char* entities, int64_t limit) -> std::int64_t {
    how.entities = entities;
    how.entities_length = nts;
    how.limit = limit;
    guanxi_result* out = nullptr;
    const std::int32_t code = guanxi_search(s.li.get(), typed, nts, &how, &out, f.out());
    return code == GUANXI_OK ? guanxi_result_row_count(answer(out).get()) : -code;
  };
  const std::int64_t all = rows("a", nullptr, 0);
  EXPECT_EQ(all, 2);
  EXPECT_EQ(rows("a", " account , contact", 1000), rows("a", nullptr, 1000));
  EXPECT_EQ(rows("a", nullptr, 1), 1);
  EXPECT_EQ(rows("nobody is called this", nullptr, 5), 0);
  EXPECT_EQ(rows("a", nullptr, 1001), -GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(rows("a", nullptr, -1), -GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(rows("a", "account,", 1), -GUANXI_UNKNOWN_NAME);
  guanxi_result* out = nullptr;
  must(guanxi_search(s.li.get(), "a", nts, nullptr, &out, f.out()), f);
  EXPECT_EQ(guanxi_result_row_count(answer(out).get()), all);
}

TEST(capi_query, is_saved_as_text) {
  const store s;
  s.deal(s.li.get(), "Tills, new", 10965);
  const answer a = query(s.li.get(), "select name, amount from opportunity");
  const auto saved = [&](std::int32_t format) {
    fault f;
    must(guanxi_result_save(a.get(), format, "saved_result", nts, nullptr, nullptr, f.out()), f);
    std::ifstream in("saved_result", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_EQ(saved(GUANXI_FORMAT_CSV), "name,amount\r\n\"Tills, new\",109.65\r\n");
  EXPECT_EQ(saved(GUANXI_FORMAT_JSON_LINES), "{\"name\": \"Tills, new\", \"amount\": 109.65}\n");
  fault f;
  const auto cancel = [](void*, std::uint64_t, std::uint64_t) -> std::int32_t { return 1; };
  EXPECT_EQ(guanxi_result_save(a.get(), GUANXI_FORMAT_JSON, "saved_result", nts, cancel, nullptr,
                               f.out()),
            GUANXI_INTERRUPTED);
  EXPECT_EQ(guanxi_result_save(a.get(), 3, "saved_result", nts, nullptr, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
  std::ifstream in("saved_result", std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}).front(), '{') << "as it was";
  std::remove("saved_result");
}

TEST(capi_query, a_value_tells_its_type) {
  const store s;
  s.deal(s.li.get(), "Tills", 10965);
  const answer a = query(s.li.get(), "select name, amount, close_date from opportunity");
  guanxi_value v = {};
  v.struct_size = sizeof v;
  fault f;
  ASSERT_EQ(guanxi_result_value(a.get(), 0, 0, &v, f.out()), GUANXI_OK);
  EXPECT_EQ(v.type, GUANXI_TYPE_TEXT);
  EXPECT_STREQ(v.text, "Tills");
  EXPECT_EQ(v.text_length, 5U);
  ASSERT_EQ(guanxi_result_value(a.get(), 0, 1, &v, f.out()), GUANXI_OK);
  EXPECT_EQ(v.type, GUANXI_TYPE_DECIMAL);
  EXPECT_EQ(v.integer, 10965);
  EXPECT_EQ(v.scale, 2);
  EXPECT_EQ(v.text, nullptr);
  ASSERT_EQ(guanxi_result_value(a.get(), 0, 2, &v, f.out()), GUANXI_OK);
  EXPECT_EQ(v.type, GUANXI_TYPE_NULL);
}

}  // namespace
