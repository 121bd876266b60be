// Memory that runs out while a store is opened, copied, restored or rescued, and within what a
// host's own store calls. No file is left that is neither the old one nor the new one.
#include "starving.hpp"

#include "support/c_store.hpp"
#include "support/host_sqlite.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace {

using namespace shop;
using namespace starving;
using guanxi::test::c_offer;
using guanxi::test::c_shelf;

/// A file of its own, gone with its side files afterwards.
struct file {
  explicit file(std::string name) : path("starved_" + std::move(name)) { clear(); }
  ~file() { clear(); }
  void clear() const {
    for (const char* tail : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + tail);
  }
  std::string content() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string path;
};

/// Files in this folder whose names begin as those of these tests do.
std::size_t files_here() {
  std::size_t out = 0;
  for (const auto& each : std::filesystem::directory_iterator("."))
    out += each.path().filename().string().starts_with("starved_") ? 1 : 0;
  return out;
}

guanxi_open_options of_kind(std::int32_t kind) {
  guanxi_open_options how = {};
  how.struct_size = sizeof how;
  how.store = kind;
  return how;
}

tenant opened(const std::string& path, std::int32_t kind = GUANXI_STORE_KIND_SQLITE) {
  fault f;
  guanxi_tenant* out = nullptr;
  const guanxi_open_options how = of_kind(kind);
  must(guanxi_open(nullptr, path.data(), path.size(), &how, &out, f.out()), f);
  return tenant(out);
}

session system_of(const tenant& t) {
  fault f;
  guanxi_session* out = nullptr;
  must(guanxi_as_system(t.get(), "test", nts, &out, f.out()), f);
  return session(out);
}

void add_account(const tenant& t) {
  const session s = system_of(t);
  const draft d = new_draft(s.get(), "account");
  set(d, "name", "A name that is too long to fit in a small string");
  create(s.get(), d);
}

std::int64_t accounts_of(const tenant& t) {
  return guanxi_result_row_count(query(system_of(t).get(), "select id from account").get());
}

/// That a store is whole, and takes records.
void expect_whole(const tenant& t) {
  EXPECT_EQ(faults_of(t.get()), 0);
  const std::int64_t before = accounts_of(t);
  add_account(t);
  EXPECT_EQ(accounts_of(t), before + 1);
}

call opening(std::function<std::int32_t(guanxi_tenant**, guanxi_error**)> open,
             std::int32_t is_fresh) {
  return releasing<guanxi_tenant>(
      std::move(open), guanxi_tenant_release,
      [=](auto out) { EXPECT_EQ(guanxi_tenant_is_fresh(out), is_fresh); });
}

void starve_opening(std::int32_t kind) {
  const file at("opening_" + std::to_string(kind));
  const guanxi_open_options how = of_kind(kind);
  const auto open = [&](auto out, auto e) {
    return guanxi_open(nullptr, at.path.data(), nts, &how, out, e);
  };
  const step stands = [&] { expect_whole(opened(at.path, kind)); };
  starve(opening(open, 1),
         {.before = [&] { at.clear(); },
          .failed = stands,
          .done = stands,
          .one_by_one = of_long_calls,
          .last_ones = 4});
  if (kind == GUANXI_STORE_KIND_MEMORY) {
    fault f;
    const tenant kept = opened(at.path, kind);
    must(guanxi_tenant_save(kept.get(), nullptr, 0, f.out()), f);
  }
  const std::string before = at.content();
  starve(opening(open, 0), {.one_by_one = of_long_calls, .last_ones = 4});
  if (kind == GUANXI_STORE_KIND_MEMORY) { EXPECT_EQ(at.content(), before); }
  stands();
}

/// A clock that counts how often it was given up.
struct given_up {
  int times = 0;
  static std::int64_t now(void*) { return store::now; }
  static void release(void* user) { ++static_cast<given_up*>(user)->times; }
};

using starved = starved_in<int>;

const starved openings[] = {
    {"guanxi_environment_create", [](const int&) {
       starve(releasing<guanxi_environment>(
           [&](auto out, auto e) { return guanxi_environment_create(out, e); },
           guanxi_environment_release));
     }},
    {"guanxi_environment_set_clock", [](const int&) {
       environment world;
       given_up clock;
       fault f;
       starve([&](auto e) {
         return guanxi_environment_set_clock(world.get(), given_up::now, &clock, given_up::release,
                                             e);
       }, {.before =
               [&] {
                 guanxi_environment* made = nullptr;
                 must(guanxi_environment_create(&made, f.out()), f);
                 world.reset(made);
                 clock.times = 0;
               },
           .failed =
               [&] {
                 world.reset();
                 EXPECT_EQ(clock.times, 0) << "what was not taken is the caller's";
               },
           .done =
               [&] {
                 world.reset();
                 EXPECT_EQ(clock.times, 1);
               }});
     }},
    {"guanxi_open", [](const int&) {
       for (const std::int32_t kind : {GUANXI_STORE_KIND_SQLITE, GUANXI_STORE_KIND_MEMORY})
         starve_opening(kind);
     }},
    {"guanxi_open_in", [](const int&) {
       std::unique_ptr<guanxi::test::host_sqlite> host;
       const auto open = [&](auto out, auto e) {
         return guanxi_open_in(nullptr, host->db(), &host->functions(), nullptr, out, e);
       };
       const step stands = [&] {
         fault f;
         guanxi_tenant* out = nullptr;
         must(open(&out, f.out()), f);
         expect_whole(tenant(out));
         EXPECT_EQ(host->run("SELECT sku FROM stock"), "tea\n");
       };
       starve(opening(open, 1),
              {.before =
                   [&] {
                     host = std::make_unique<guanxi::test::host_sqlite>(
                         ":memory:", "CREATE TABLE stock (sku); INSERT INTO stock VALUES ('tea')");
                   },
               .failed = stands,
               .done = stands,
               .one_by_one = of_long_calls, .last_ones = 4});
       const step left_open = [&] { EXPECT_EQ(host->run("BEGIN; COMMIT"), ""); };
       starve(opening(open, 0),
              {.failed = left_open,
               .done = left_open,
               .one_by_one = of_long_calls,
               .last_ones = 4});
       stands();
     }},
    {"guanxi_tenant_save", [](const int&) {
       const file at("save"), copy("save.copy");
       const tenant t = opened(at.path, GUANXI_STORE_KIND_MEMORY);
       std::string before;
       const std::size_t files = files_here();
       fault f;
       starve([&](auto e) { return guanxi_tenant_save(t.get(), copy.path.data(), nts, e); },
              {.before =
                   [&] {
                     before = copy.content();
                     add_account(t);
                   },
               .failed =
                   [&] {
                     EXPECT_EQ(copy.content(), before) << "an older file is as it was";
                     EXPECT_LE(files_here(), files + 1) << "what was begun is taken away";
                   },
               .done =
                   [&] {
                     const tenant again = opened(copy.path, GUANXI_STORE_KIND_MEMORY);
                     EXPECT_EQ(accounts_of(again), accounts_of(t));
                     expect_whole(again);
                   },
               .one_by_one = 10, .last_ones = 4});
       expect_whole(t);
     }},
};

/// One that makes a report, an object in JSON.
call reporting(std::function<std::int32_t(guanxi_buffer**, guanxi_error**)> make) {
  return releasing<guanxi_buffer>(std::move(make), guanxi_buffer_release, [](auto out) {
    EXPECT_EQ(guanxi_buffer_data(out, nullptr)[0], '{');
  });
}

const starved keepings[] = {
    {"guanxi_tenant_backup", [](const int&) {
       for (const std::int32_t kind : {GUANXI_STORE_KIND_SQLITE, GUANXI_STORE_KIND_MEMORY}) {
         const file at("backup"), copy("backup.copy");
         const tenant t = opened(at.path, kind);
         std::string before;
         starve(reporting([&](auto out, auto e) {
           std::int64_t sequence = -1;
           const auto code = guanxi_tenant_backup(t.get(), copy.path.data(), nts, nullptr, nullptr,
                                                  &sequence, out, e);
           EXPECT_EQ(sequence > 0, code == GUANXI_OK);
           return code;
         }), {.before =
                 [&] {
                   before = copy.content();
                   add_account(t);
                 },
             .failed =
                 [&] { EXPECT_EQ(copy.content(), before) << "an older copy is as it was"; },
             .done = [&] { EXPECT_EQ(accounts_of(opened(copy.path, kind)), accounts_of(t)); },
             .one_by_one = of_long_calls, .last_ones = 4});
         expect_whole(t);
       }
     }},
    {"guanxi_restore_backup", [](const int&) {
       const file at("restore"), copy("restore.copy"), back("restore.back");
       fault f;
       {
         const tenant t = opened(at.path);
         add_account(t);
         must(guanxi_tenant_backup(t.get(), copy.path.data(), nts, nullptr, nullptr, nullptr,
                                   nullptr, f.out()), f);
       }
       starve(reporting([&](auto out, auto e) {
         return guanxi_restore_backup(copy.path.data(), nts, back.path.data(), nts, 0, nullptr,
                                      nullptr, out, e);
       }), {.failed =
               [&] { EXPECT_FALSE(std::filesystem::exists(back.path)) << "all of it or nothing"; },
           .done =
               [&] {
                 EXPECT_EQ(accounts_of(opened(back.path)), 1);
                 back.clear();
               },
           .one_by_one = of_long_calls, .last_ones = 4});
       add_account(opened(at.path));
       starve(reporting([&](auto out, auto e) {
         return guanxi_restore_backup(copy.path.data(), nts, at.path.data(), nts, 1, nullptr,
                                      nullptr, out, e);
       }), {.before = [&] { if (accounts_of(opened(at.path)) == 1) add_account(opened(at.path)); },
           .failed = [&] { EXPECT_EQ(accounts_of(opened(at.path)), 2); },
           .done = [&] { EXPECT_EQ(accounts_of(opened(at.path)), 1); },
           .one_by_one = of_long_calls, .last_ones = 4});
       expect_whole(opened(at.path));
     }},
    {"guanxi_salvage", [](const int&) {
       const file at("salvage"), rescued("salvage.rescued");
       { add_account(opened(at.path)); }
       {
         std::fstream disk(at.path, std::ios::in | std::ios::out | std::ios::binary);
         disk.write(std::string(100, '\0').data(), 100);
       }
       const std::string damaged = at.content();
       starve(reporting([&](auto out, auto e) {
         return guanxi_salvage(at.path.data(), nts, rescued.path.data(), nts, 0, nullptr, nullptr,
                               out, e);
       }), {.failed = [&] { EXPECT_FALSE(std::filesystem::exists(rescued.path)); },
           .done =
               [&] {
                 EXPECT_EQ(accounts_of(opened(rescued.path)), 1);
                 rescued.clear();
               },
           .one_by_one = of_long_calls, .last_ones = 4});
       EXPECT_EQ(at.content(), damaged);
     }},
};

const guanxi_store right = c_shelf::functions(c_offer::plans);

/// A function of the host's, which has its own memory.
template <auto Of>
struct fed;
template <class... Given, std::int32_t (*guanxi_store::*Of)(void*, Given...)>
struct fed<Of> {
  static std::int32_t run(void* self, Given... given) {
    const scarce_memory::plenty of_its_own;
    return (right.*Of)(self, given...);
  }
};

struct hungry_shelf : c_shelf {
  int releases = 0;
  /// What `get` does in place of giving a row, with the memory that there is.
  std::function<std::int32_t(const guanxi_table*, guanxi_answer*)> inner;
  /// The same of `plan`.
  std::function<std::int32_t(const guanxi_request*, guanxi_answer*)> inner_plan;
};
hungry_shelf& shelf_of(void* self) {
  return *static_cast<hungry_shelf*>(static_cast<c_shelf*>(self));
}

std::string name_of(const guanxi_table* table) { return guanxi_table_name(table, nullptr); }

std::int32_t get(void* self, const guanxi_table* table, std::int64_t id, guanxi_answer* answer) {
  hungry_shelf& shelf = shelf_of(self);
  if (const auto inner = std::exchange(shelf.inner, nullptr)) return inner(table, answer);
  std::vector<guanxi_value> row;
  {
    const scarce_memory::plenty of_its_own;
    const c_shelf::row* found = shelf.find(name_of(table), id);
    if (!found) return GUANXI_OK;
    row = guanxi::test::values_of(*found);
  }
  return guanxi_answer_row(answer, row.data(), row.size(), nullptr, nullptr);
}

std::int32_t scan(void* self, const guanxi_table* table, std::int64_t after, std::uint64_t at_most,
                  guanxi_answer* answer) {
  std::vector<std::vector<guanxi_value>> rows;
  {
    const scarce_memory::plenty of_its_own;
    const auto& all = shelf_of(self).of(name_of(table));
    for (auto i = all.upper_bound(after); i != all.end() && rows.size() < at_most; ++i)
      rows.push_back(guanxi::test::values_of(i->second));
  }
  std::int32_t more = 1;
  for (std::size_t i = 0; i < rows.size() && more; ++i)
    if (const auto code = guanxi_answer_row(answer, rows[i].data(), rows[i].size(), &more, nullptr);
        code != GUANXI_OK)
      return code;
  return GUANXI_OK;
}

std::int32_t plan(void* self, const guanxi_table*, const guanxi_request* request,
                  guanxi_answer* answer) {
  hungry_shelf& shelf = shelf_of(self);
  if (const auto inner = std::exchange(shelf.inner_plan, nullptr)) return inner(request, answer);
  guanxi_answer_sorts(answer, nullptr);
  for (std::int32_t t = 0; t < guanxi_request_term_count(request); ++t)
    if (const auto code = guanxi_answer_verdict(answer, t, GUANXI_VERDICT_EXACT, nullptr);
        code != GUANXI_OK)
      return code;
  return GUANXI_OK;
}

guanxi_store functions() {
  guanxi_store out = right;
  out.get = get;
  out.scan = scan;
  out.put = fed<&guanxi_store::put>::run;
  out.erase = fed<&guanxi_store::erase>::run;
  out.migrate = fed<&guanxi_store::migrate>::run;
  out.begin = fed<&guanxi_store::begin>::run;
  out.commit = fed<&guanxi_store::commit>::run;
  out.rollback = fed<&guanxi_store::rollback>::run;
  out.savepoint = fed<&guanxi_store::savepoint>::run;
  out.keep = fed<&guanxi_store::keep>::run;
  out.undo = fed<&guanxi_store::undo>::run;
  out.write_batch = fed<&guanxi_store::write_batch>::run;
  out.plan = plan;
  out.execute = fed<&guanxi_store::execute>::run;
  out.release = [](void* self) { ++shelf_of(self).releases; };
  return out;
}

tenant over(hungry_shelf& shelf) {
  fault f;
  guanxi_tenant* out = nullptr;
  const guanxi_store f_of = functions();
  must(guanxi_open_store(nullptr, &f_of, static_cast<c_shelf*>(&shelf), nullptr, &out, f.out()),
       f);
  return tenant(out);
}

/// What a host's function has in its hands.
struct asked {
  const guanxi_table* table;
  guanxi_answer* answer;
  const std::vector<guanxi_value>& row;  ///< that it is asked for
};

/// Starves what a host's function calls, within a guanxi_get that asks it.
void starve_within_get(
    const std::function<std::int32_t(const asked&, guanxi_error**)>& inner,
    const std::function<void(std::int32_t inner, std::int32_t outer)>& check) {
  hungry_shelf shelf;
  const tenant t = over(shelf);
  add_account(t);
  const session s = system_of(t);
  fault f;
  std::int64_t id = 0;
  must(guanxi_result_reference(query(s.get(), "select id from account").get(), 0, 0, &id, nullptr,
                               f.out()), f);
  const std::vector<guanxi_value> row = guanxi::test::values_of(*shelf.find("account", id));
  starve([&](auto e) {
    std::optional<scarce_memory::plenty> of_its_own;
    of_its_own.emplace();
    std::int32_t within = GUANXI_OK;
    shelf.inner = [&](const guanxi_table* table, guanxi_answer* answer) {
      of_its_own.reset();
      within = inner({table, answer, row}, e);
      of_its_own.emplace();
      return within;
    };
    guanxi_record* out = nullptr;
    const auto outer = guanxi_get(s.get(), "account", nts, id, &out, nullptr);
    guanxi_record_release(out);
    check(within, outer);
    return within;
  });
  expect_whole(t);
}

/// Starves what `plan` calls, within a query that asks it.
void starve_within_plan(
    const std::function<std::int32_t(const guanxi_request*, guanxi_answer*, guanxi_error**)>&
        inner) {
  hungry_shelf shelf;
  const tenant t = over(shelf);
  add_account(t);
  const session s = system_of(t);
  constexpr const char* asking = "select id from account where name in ('a', 'b') order by name "
                                 "desc limit 2";
  starve([&](auto e) {
    std::optional<scarce_memory::plenty> of_its_own;
    of_its_own.emplace();
    std::int32_t within = GUANXI_OK;
    shelf.inner_plan = [&](const guanxi_request* request, guanxi_answer* answer) {
      of_its_own.reset();
      within = inner(request, answer, e);
      of_its_own.emplace();
      return within;
    };
    guanxi_result* out = nullptr;
    const auto outer = guanxi_query(s.get(), asking, nts, nullptr, nullptr, &out, nullptr);
    guanxi_result_release(out);
    EXPECT_EQ(outer, within) << "the query that asked fails with it";
    return within;
  });
  expect_whole(t);
}

const starved host_stores[] = {
    {"guanxi_open_store", [](const int&) {
       const guanxi_store f_of = functions();
       hungry_shelf shelf;
       const auto open = [&](auto out, auto e) {
         return guanxi_open_store(nullptr, &f_of, static_cast<c_shelf*>(&shelf), nullptr, out, e);
       };
       const step stands = [&] { expect_whole(over(shelf)); };
       starve(opening(open, 1),
              {.before = [&] { shelf = {}; },
               .failed =
                   [&] {
                     EXPECT_EQ(shelf.releases, 0) << "what was not taken is the caller's";
                     stands();
                   },
               .done =
                   [&] {
                     EXPECT_EQ(shelf.releases, 1);
                     stands();
                   },
               .one_by_one = of_long_calls, .last_ones = 4});
       starve(opening(open, 0), {.one_by_one = of_long_calls, .last_ones = 4});
       stands();
     }},
    {"guanxi_table_field", [](const int&) {
       starve_within_get([](const asked& by, auto e) {
         guanxi_field_info info = {};
         info.struct_size = sizeof info;
         return guanxi_table_field(by.table, 1, &info, e);
       }, [](std::int32_t, std::int32_t) {});
     }},
    {"guanxi_request_term_info", [](const int&) {
       starve_within_plan([](const guanxi_request* asked, guanxi_answer*, auto e) {
         guanxi_request_term info = {};
         info.struct_size = sizeof info;
         return guanxi_request_term_info(asked, 0, &info, e);
       });
     }},
    {"guanxi_request_constant", [](const int&) {
       starve_within_plan([](const guanxi_request* asked, guanxi_answer*, auto e) {
         guanxi_value constant = {};
         constant.struct_size = sizeof constant;
         return guanxi_request_constant(asked, 2, 1, &constant, e);
       });
     }},
    {"guanxi_request_sort_info", [](const int&) {
       starve_within_plan([](const guanxi_request* asked, guanxi_answer*, auto e) {
         guanxi_request_sort info = {};
         info.struct_size = sizeof info;
         return guanxi_request_sort_info(asked, 0, &info, e);
       });
     }},
    {"guanxi_answer_verdict", [](const int&) {
       starve_within_plan([](const guanxi_request*, guanxi_answer* answer, auto e) {
         return guanxi_answer_verdict(answer, 0, GUANXI_VERDICT_EXACT, e);
       });
       // And a query that such a store plans.
       hungry_shelf shelf;
       const tenant t = over(shelf);
       add_account(t);
       const session s = system_of(t);
       starve([&](auto e) {
         guanxi_result* out = nullptr;
         const auto code = guanxi_query(s.get(), "select name, owner from account where id > 0 and "
                                                 "name >= '' order by name limit 3",
                                        nts, nullptr, nullptr, &out, e);
         EXPECT_TRUE(code != GUANXI_OK || guanxi_result_row_count(out) == 1);
         guanxi_result_release(out);
         return code;
       });
       expect_whole(t);
     }},
    {"guanxi_answer_sorts", [](const int&) {
       starve_within_plan([](const guanxi_request*, guanxi_answer* answer, auto e) {
         return guanxi_answer_sorts(answer, e);
       });
     }},
    {"guanxi_answer_row", [](const int&) {
       starve_within_get([](const asked& by, auto e) {
         return guanxi_answer_row(by.answer, by.row.data(), by.row.size(), nullptr, e);
       }, [](std::int32_t inner, std::int32_t outer) {
         EXPECT_EQ(outer, inner) << "the call that asked fails with it";
       });
     }},
    {"guanxi_answer_explain", [](const int&) {
       starve_within_get([](const asked& by, auto e) {
         return guanxi_answer_explain(by.answer, "the disk of the host is gone, all of it", nts, 5,
                                      e);
       }, [](std::int32_t, std::int32_t) {});
     }},
    {"guanxi_store_faults_get", [](const int&) {
       guanxi_store wrong = right;
       wrong.commit = right.rollback;
       c_shelf kept;
       guanxi_store_check_options how = {};
       how.struct_size = sizeof how;
       how.operations = 20;
       fault f;
       guanxi_store_faults* out = nullptr;
       must(guanxi_store_check(&wrong, &kept, &how, nullptr, nullptr, &out, f.out()), f);
       const owner<guanxi_store_faults, guanxi_store_faults_release> found(out);
       starve([&](auto e) {
         guanxi_store_fault one = {};
         one.struct_size = sizeof one;
         return guanxi_store_faults_get(out, 0, &one, e);
       });
     }},
    {"guanxi_store_check", [](const int&) {
       const guanxi_store f_of = functions();
       guanxi_store_check_options how = {};
       how.struct_size = sizeof how;
       how.operations = 1;
       for (const bool for_good : {false, true}) {
         bool well = false;
         // Each attempt is a whole check, so few are tried.
         for (long k = 0; !well && !testing::Test::HasFailure();
              k = patient() ? k + 1 : k * 2 + 1) {
           hungry_shelf shelf;
           well = 0 <= attempt(k, for_good,
                          releasing<guanxi_store_faults>(
                              [&](auto out, auto e) {
                                return guanxi_store_check(&f_of, static_cast<c_shelf*>(&shelf),
                                                          &how, nullptr, nullptr, out, e);
                              },
                              guanxi_store_faults_release,
                              [](auto out) {
                                for (std::int32_t i = 0; i < guanxi_store_faults_count(out); ++i) {
                                  const auto one =
                                      told<guanxi_store_fault>(guanxi_store_faults_get, out, i);
                                  ADD_FAILURE() << one.text << one.steps;
                                }
                              }),
                          {});
         }
       }
     }},
};

std::vector<starved> all_openings() {
  std::vector<starved> out;
  const auto add = [&](const auto& some) {
    out.insert(out.end(), std::begin(some), std::end(some));
  };
  add(openings);
  add(keepings);
  add(host_stores);
  return out;
}

class capi_memory_openings : public testing::TestWithParam<starved> {};

TEST_P(capi_memory_openings, leave_the_old_or_the_new) { GetParam().run(0); }

INSTANTIATE_TEST_SUITE_P(of, capi_memory_openings, testing::ValuesIn(all_openings()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace

namespace starving {
std::vector<std::string_view> starved_openings() { return names_of(all_openings()); }
}  // namespace starving
