// Memory that runs out within each call on the change feed, the schema and files of records, on
// both stores of the library.
#include "starved_books.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace shop;
using namespace starving;
using starved = starved_in<books>;

/// Where li's cursors stand: "name@sequence" each.
std::string cursors_of(guanxi_session* s) {
  fault f;
  guanxi_cursors* list = nullptr;
  must(guanxi_cursors_read(s, &list, f.out()), f);
  const owner<guanxi_cursors, guanxi_cursors_release> owned(list);
  std::string out;
  for (std::int32_t i = 0; i < guanxi_cursors_count(list); ++i) {
    const auto info = told<guanxi_cursor_info>(guanxi_cursors_at, list, i);
    out += std::string(info.name) + "@" + std::to_string(info.acknowledged) + " ";
  }
  return out;
}

constexpr const char* cursor = "the reader of a warehouse far away";

/// A feed at that cursor, with two accounts ahead of it.
struct reader {
  explicit reader(const books& in) : session(in.li), start(last_change(in.li)) {
    feed = opened();
    for (int i = 0; i < 2; ++i) ids[i] = in.account();
    end = last_change(in.li);
  }

  using handle = owner<guanxi_events, guanxi_events_release>;
  handle opened() const {
    guanxi_feed_options how = {};
    how.struct_size = sizeof how;
    how.start_after = start;
    guanxi_events* out = nullptr;
    fault f;
    must(guanxi_events_open(session, cursor, nts, &how, &out, f.out()), f);
    return handle(out);
  }
  /// The record of the next change; 0 if there is none.
  std::int64_t next() const {
    fault f;
    std::int32_t there = 0;
    must(guanxi_events_next(feed.get(), &there, f.out()), f);
    return there ? told<guanxi_event_info>(guanxi_events_info, feed.get()).record : 0;
  }
  void rewind() const {
    fault f;
    must(guanxi_events_rewind(feed.get(), f.out()), f);
  }
  std::string at(std::int64_t sequence) const {
    return std::string(cursor) + "@" + std::to_string(sequence) + " ";
  }
  /// Puts the cursor and the feed back to the start.
  void again() {
    fault f;
    must(guanxi_cursor_move(session, cursor, nts, -1, start, f.out()), f);
    feed = opened();
  }

  guanxi_session* session;
  std::int64_t start, end = 0;
  std::int64_t ids[2] = {};
  handle feed;
};

std::int32_t take_all(void* user, const guanxi_events*) {
  ++*static_cast<int*>(user);
  return 0;
}

const starved feeds[] = {
    {"guanxi_events_open", [](const books& in) {
       fault f;
       starve(releasing<guanxi_events>(
                  [&](auto out, auto e) {
                    return guanxi_events_open(in.li, cursor, nts, nullptr, out, e);
                  },
                  guanxi_events_release),
              {.failed = [&] { EXPECT_EQ(cursors_of(in.li), ""); },
               .done =
                   [&] {
                     EXPECT_EQ(cursors_of(in.li), std::string(cursor) + "@0 ");
                     must(guanxi_cursor_drop(in.li, cursor, nts, -1, f.out()), f);
                   }});
     }},
    {"guanxi_events_next", [](const books& in) {
       const reader r(in);
       std::int32_t there = 0;
       starve([&](auto e) { return guanxi_events_next(r.feed.get(), &there, e); },
              {.before = [&] { r.rewind(); },
               .failed = [&] { EXPECT_EQ(r.next(), r.ids[0]) << "a change is not passed over"; },
               .done =
                   [&] {
                     EXPECT_EQ(told<guanxi_event_info>(guanxi_events_info, r.feed.get()).record,
                               r.ids[0]);
                     EXPECT_EQ(r.next(), r.ids[1]);
                   }});
     }},
    {"guanxi_events_info", [](const books& in) {
       const reader r(in);
       r.next();
       starve([&](auto e) {
         guanxi_event_info info = {};
         info.struct_size = sizeof info;
         return guanxi_events_info(r.feed.get(), &info, e);
       });
     }},
    {"guanxi_events_field", [](const books& in) {
       const reader r(in);
       r.next();
       starve([&](auto e) {
         const char* name = nullptr;
         guanxi_value before = {}, after = {};
         before.struct_size = after.struct_size = sizeof before;
         return guanxi_events_field(r.feed.get(), 0, &name, &before, &after, e);
       });
     }},
    {"guanxi_events_each", [](const books& in) {
       reader r(in);
       int seen = 0;
       std::int64_t count = -1;
       starve([&](auto e) {
         return guanxi_events_each(r.feed.get(), 10, take_all, &seen, &count, e);
       }, {.before =
               [&] {
                 r.again();
                 seen = 0;
               },
           .failed =
               [&] {
                 EXPECT_EQ(count, 0);
                 EXPECT_EQ(cursors_of(in.li), r.at(r.start)) << "what was told comes again";
                 r.feed = r.opened();
                 EXPECT_EQ(r.next(), r.ids[0]);
               },
           .done =
               [&] {
                 EXPECT_EQ(seen, 2);
                 EXPECT_EQ(count, 2);
                 EXPECT_EQ(cursors_of(in.li), r.at(r.end));
               }});
     }},
    {"guanxi_events_acknowledge", [](const books& in) {
       reader r(in);
       starve([&](auto e) { return guanxi_events_acknowledge(r.feed.get(), e); },
              {.before =
                   [&] {
                     r.again();
                     while (r.next() != 0) {}
                   },
               .failed = [&] { EXPECT_EQ(cursors_of(in.li), r.at(r.start)); },
               .done = [&] { EXPECT_EQ(cursors_of(in.li), r.at(r.end)); }});
     }},
    {"guanxi_events_rewind", [](const books& in) {
       const reader r(in);
       starve([&](auto e) { return guanxi_events_rewind(r.feed.get(), e); },
              {.before = [&] { r.next(); }, .done = [&] { EXPECT_EQ(r.next(), r.ids[0]); }});
     }},
    {"guanxi_cursors_read", [](const books& in) {
       const reader r(in);
       starve(releasing<guanxi_cursors>(
           [&](auto out, auto e) { return guanxi_cursors_read(in.li, out, e); },
           guanxi_cursors_release,
           [&](auto out) { EXPECT_EQ(guanxi_cursors_count(out), 1); }));
     }},
    {"guanxi_cursors_at", [](const books& in) {
       const reader r(in);
       fault f;
       guanxi_cursors* list = nullptr;
       must(guanxi_cursors_read(in.li, &list, f.out()), f);
       const owner<guanxi_cursors, guanxi_cursors_release> owned(list);
       starve([&](auto e) {
         guanxi_cursor_info info = {};
         info.struct_size = sizeof info;
         return guanxi_cursors_at(list, 0, &info, e);
       });
     }},
    {"guanxi_cursor_move", [](const books& in) {
       reader r(in);
       starve([&](auto e) { return guanxi_cursor_move(in.li, cursor, nts, -1, r.end, e); },
              {.before = [&] { r.again(); },
               .failed = [&] { EXPECT_EQ(cursors_of(in.li), r.at(r.start)); },
               .done = [&] { EXPECT_EQ(cursors_of(in.li), r.at(r.end)); }});
     }},
    {"guanxi_cursor_drop", [](const books& in) {
       reader r(in);
       starve([&](auto e) { return guanxi_cursor_drop(in.li, cursor, nts, -1, e); },
              {.before = [&] { r.feed = r.opened(); },
               .failed = [&] { EXPECT_EQ(cursors_of(in.li), r.at(r.start)); },
               .done = [&] { EXPECT_EQ(cursors_of(in.li), ""); }});
     }},
    {"guanxi_prune_changes", [](const books& in) {
       const session admin = in.s.as("admin");
       std::int64_t id = 0, sequence = 0, up_to = -1;
       const auto reaches_back = [&] {
         guanxi_record* out = nullptr;
         const auto code =
             guanxi_get_as_of(in.li, "account", nts, id, sequence, 0, &out, nullptr);
         guanxi_record_release(out);
         return code;
       };
       starve([&](auto e) {
         return guanxi_prune_changes(admin.get(), INT64_MAX, 0, nullptr, nullptr, &up_to, e);
       }, {.before =
               [&] {
                 if (id != 0 && reaches_back() == GUANXI_OK) return;
                 id = in.account();
                 sequence = last_change(in.li);
                 in.account();  // which tells that the log has more to say since
               },
           .failed =
               [&] {  // what was pruned before it failed stays so, as a whole
                 const auto code = reaches_back();
                 EXPECT_TRUE(code == GUANXI_OK || code == GUANXI_PRUNED) << code;
               },
           .done =
               [&] {
                 EXPECT_GE(up_to, sequence);
                 EXPECT_EQ(reaches_back(), GUANXI_PRUNED);
               },
           .one_by_one = 20});
     }},
};

/// "entities/fields of one" of the catalog as it is now, but for the places of what is gone.
std::string schema_of(const books& in, const char* entity = "account") {
  fault f;
  guanxi_catalog* now = nullptr;
  must(guanxi_catalog_read(in.s.system.get(), &now, f.out()), f);
  const owner<guanxi_catalog, guanxi_catalog_release> owned(now);
  std::int64_t entities = 0;
  for (std::int32_t i = 0; i < guanxi_catalog_entity_count(now); ++i) {
    const auto info = told<guanxi_entity_info>(guanxi_catalog_entity_info, now, i);
    entities += std::string_view(info.name).starts_with("gx_gone") ? 0 : 1;
  }
  std::string out = std::to_string(entities) + "/";
  std::int32_t at = -1;
  if (guanxi_catalog_entity(now, entity, nts, &at, f.out()) != GUANXI_OK) return out;
  const auto info = told<guanxi_entity_info>(guanxi_catalog_entity_info, now, at);
  for (std::int32_t i = 0; i < info.field_count; ++i)
    out += std::string(told<guanxi_field_info>(guanxi_catalog_field_info, now, at, i).name) + " ";
  return out;
}

/// A change of the schema that is taken back once it went well.
void starve_schema(const books& in, const call& c, const step& back) {
  const std::string before = schema_of(in);
  const std::int64_t id = in.account();
  const auto stands = [&] {
    in.account();  // the store takes records as ever
    EXPECT_EQ(in.answer_to("select count() from account where id = " + std::to_string(id)), 1);
  };
  starve(c, {.failed =
                 [&] {
                   EXPECT_EQ(schema_of(in), before);
                   stands();
                 },
             .done =
                 [&] {
                   EXPECT_NE(schema_of(in), before);
                   stands();
                   back();
                   EXPECT_EQ(schema_of(in), before);
                 },
             .one_by_one = of_long_calls, .last_ones = 4});
}

void change_schema(const books& in, const char* requests) {
  fault f;
  must(guanxi_change_schema(in.s.system.get(), requests, nts, nullptr, f.out()), f);
}

constexpr const char* with_cars = R"([{"define": {"name": "x_car", "fields": [
    {"name": "x_plate", "type": "text", "title": true}, {"name": "x_seats", "type": "integer"},
    {"name": "x_note", "type": "text"}]}}])";
constexpr const char* changes_of_cars = R"([
    {"define": {"name": "x_car", "fields": [{"name": "x_seats", "type": "decimal", "scale": 1},
                                            {"name": "x_doors", "type": "integer"}]}},
    {"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}},
    {"drop": {"entity": "x_car", "field": "x_note"}}])";

void add_car(const books& in) {
  const draft d = new_draft(in.s.system.get(), "x_car");
  set(d, "x_seats", "5");
  create(in.s.system.get(), d);
}

const starved schemas[] = {
    {"guanxi_define_entity", [](const books& in) {
       starve_schema(in, [&](auto e) {
         return guanxi_define_entity(
             in.s.system.get(),
             R"({"name": "x_visit", "fields": [{"name": "x_subject", "type": "text"}]})", nts, e);
       }, [&] { change_schema(in, R"([{"drop": {"entity": "x_visit"}}])"); });
     }},
    {"guanxi_define_field", [](const books& in) {
       starve_schema(in, [&](auto e) {
         return guanxi_define_field(in.s.system.get(), "account", nts,
                                    R"({"name": "x_stars", "type": "integer"})", nts, e);
       }, [&] {
         change_schema(in, R"([{"drop": {"entity": "account", "field": "x_stars"}}])");
       });
     }},
    {"guanxi_preview_schema", [](const books& in) {
       change_schema(in, with_cars);
       add_car(in);
       const std::string before = schema_of(in, "x_car");
       const step same = [&] {
         EXPECT_EQ(schema_of(in, "x_car"), before);
         add_car(in);
       };
       starve(releasing<guanxi_buffer>(
                  [&](auto out, auto e) {
                    return guanxi_preview_schema(in.s.system.get(), changes_of_cars, nts, out, e);
                  },
                  guanxi_buffer_release),
              {.failed = same, .done = same, .one_by_one = of_long_calls, .last_ones = 4});
     }},
    {"guanxi_change_schema", [](const books& in) {
       std::string before;
       const auto made = [&] {
         change_schema(in, with_cars);
         add_car(in);
         before = schema_of(in, "x_car");
       };
       made();
       starve(releasing<guanxi_buffer>(
                  [&](auto out, auto e) {
                    return guanxi_change_schema(in.s.system.get(), changes_of_cars, nts, out, e);
                  },
                  guanxi_buffer_release),
              {.failed =
                   [&] {
                     EXPECT_EQ(schema_of(in, "x_car"), before);
                     add_car(in);
                     EXPECT_EQ(in.answer_to("select count() from x_car where x_seats = 5"),
                               in.s.count("x_car"));
                   },
               .done =
                   [&] {
                     EXPECT_NE(schema_of(in, "x_car").find("x_number"), std::string::npos);
                     EXPECT_EQ(in.answer_to("select count() from x_car where x_seats = 5.0"),
                               in.s.count("x_car"));
                     change_schema(in, R"([{"drop": {"entity": "x_car"}}])");
                     made();
                   },
               .one_by_one = of_long_calls, .last_ones = 4});
     }},
};

const starved long_calls[] = {
    {"guanxi_import", [](const books& in) {
       const std::string name = "import_of_" + std::to_string(in.kind);
       std::filesystem::create_directory(name);
       starve_write(in,
                    releasing<guanxi_buffer>(
                        [&](auto out, auto e) {
                          return guanxi_import(
                              in.s.system.get(),
                              R"({"guanxi_mapping": 1, "tables": [{"file": "accounts.csv",
                                  "records": [{"entity": "account", "key": ["name"],
                                               "fields": {"name": "customer"}}]}]})",
                              nts, name.data(), name.size(), nullptr, nullptr, out, e);
                        },
                        guanxi_buffer_release),
                    [&] {  // customers that are new, as one who is known is not made again
                      const std::string known = std::to_string(in.s.count("account"));
                      std::ofstream(name + "/accounts.csv")
                          << "customer\nA customer with a long name after " << known
                          << "\nAnother of the same kind after " << known << "\n";
                    },
                    [&] { return in.s.count("account"); }, 2, 10);
       std::filesystem::remove_all(name);
     }},
};

std::vector<starved> all_changes() {
  std::vector<starved> out;
  const auto add = [&](const auto& some) {
    out.insert(out.end(), std::begin(some), std::end(some));
  };
  add(feeds);
  add(schemas);
  add(long_calls);
  return out;
}

class capi_memory_changes : public on_both_stores {};
TEST_P(capi_memory_changes, change_nothing_or_all) { run(); }
INSTANTIATE_TEST_SUITE_P(of, capi_memory_changes,
                         testing::Combine(testing::ValuesIn(all_changes()), on_both_stores::both()),
                         on_both_stores::named);

/// The sample is made once: a store that has it refuses another. Where it fails, all of it does.
TEST(capi_memory_sample, leaves_nothing_of_a_company_that_it_could_not_finish) {
  for (const bool for_good : {false, true}) {
    const store s;
    guanxi_sample_options how = {};
    how.struct_size = sizeof how;
    how.opportunities = 1;
    const std::int64_t last = last_change(s.system.get());
    const call c = releasing<guanxi_buffer>(
        [&](auto out, auto e) {
          return guanxi_generate_sample(s.system.get(), &how, nullptr, nullptr, out, e);
        },
        guanxi_buffer_release);
    // Each attempt is a whole company, so few are tried; a store that has it is asked no more.
    bool well = false;
    const around a = {.failed = [&] { EXPECT_EQ(last_change(s.system.get()), last); },
                      .done = [&] { well = true; }};
    for (long k = 0; !well && !HasFailure(); k = patient() ? k + 1 : k * 2 + 1)
      attempt(k, for_good, c, a);
    EXPECT_EQ(s.count("opportunity"), 1);
    EXPECT_EQ(faults_of(s.crm.get()), 0);
  }
}

}  // namespace

namespace starving {
std::vector<std::string_view> starved_changes() {
  auto out = names_of(all_changes());
  out.push_back("guanxi_generate_sample");
  return out;
}
}  // namespace starving
