// Memory that runs out within each call that writes records, on both stores of the library.
#include "starved_books.hpp"

#include <string>

namespace {

using namespace shop;
using namespace starving;
using starved = starved_in<books>;

/// A draft's setter: where memory did not do, the field is what it was, a null or 0.
void starve_setter(guanxi_session* by, const char* entity, const char* field,
                   const std::function<void(const draft&)>& fill,
                   const std::function<std::int32_t(guanxi_draft*, guanxi_error**)>& set_it) {
  draft d;
  fault f;
  const auto stored = [&] {
    const record r = create(by, d);
    guanxi_value v = {};
    v.struct_size = sizeof v;
    must(guanxi_record_value(r.get(), field, nts, &v, f.out()), f);
    return std::to_string(v.type) + ": " + std::to_string(v.integer) + (v.text ? v.text : "");
  };
  std::string before;
  const auto fresh = [&] {
    d = new_draft(by, entity);
    fill(d);
  };
  fresh();
  before = stored();
  starve([&](auto e) { return set_it(d.get(), e); },
         {.before = fresh,
          .failed = [&] { EXPECT_EQ(stored(), before); },
          .done = [&] { EXPECT_NE(stored(), before); }});
}

void starve_deal_setter(const books& in, const char* field,
                        const std::function<std::int32_t(guanxi_draft*, guanxi_error**)>& set_it) {
  starve_setter(in.li, "opportunity", field,
                [&](const draft& d) {
                  set(d, "name", long_name);
                  point(d, "stage", in.s.qualified);
                },
                set_it);
}

const starved drafts[] = {
    {"guanxi_draft_set_text", [](const books& in) {
       starve_deal_setter(in, "name", [](auto d, auto e) {
         return guanxi_draft_set_text(d, "name", nts, "Another name, and just as long", nts, e);
       });
     }},
    {"guanxi_draft_set_integer", [](const books& in) {
       starve_setter(in.li, "account", "employees",
                     [](const draft& d) { set(d, "name", long_name); },
                     [](auto d, auto e) {
                       return guanxi_draft_set_integer(d, "employees", nts, 7, e);
                     });
     }},
    {"guanxi_draft_set_decimal", [](const books& in) {
       starve_deal_setter(in, "amount", [](auto d, auto e) {
         return guanxi_draft_set_decimal(d, "amount", nts, 10965, 2, e);
       });
     }},
    {"guanxi_draft_set_money", [](const books& in) {
       starve_deal_setter(in, "amount", [](auto d, auto e) {
         return guanxi_draft_set_money(d, "amount", nts, 10965, 2, "EUR", nts, e);
       });
       starve_deal_setter(in, "currency", [](auto d, auto e) {
         return guanxi_draft_set_money(d, "amount", nts, 10965, 2, "EUR", nts, e);
       });
     }},
    {"guanxi_draft_set_date", [](const books& in) {
       starve_deal_setter(in, "close_date", [](auto d, auto e) {
         return guanxi_draft_set_date(d, "close_date", nts, 20458, e);
       });
     }},
    {"guanxi_draft_set_instant", [](const books& in) {
       starve_deal_setter(in, "stage_entered_at", [](auto d, auto e) {
         return guanxi_draft_set_instant(d, "stage_entered_at", nts, store::now - 1, e);
       });
     }},
    {"guanxi_draft_set_reference", [](const books& in) {
       starve_deal_setter(in, "stage", [&](auto d, auto e) {
         return guanxi_draft_set_reference(d, "stage", nts, in.s.proposal, e);
       });
     }},
    {"guanxi_draft_set_boolean", [](const books& in) {
       std::int64_t number = 0;  // a login is nobody else's
       starve_setter(in.s.system.get(), "user", "active",
                     [&](const draft& d) {
                       set(d, "login", "user" + std::to_string(++number));
                       set(d, "name", long_name);
                     },
                     [](auto d, auto e) {
                       return guanxi_draft_set_boolean(d, "active", nts, 0, e);
                     });
     }},
    {"guanxi_draft_set_null", [](const books& in) {
       starve_setter(in.li, "account", "employees",
                     [](const draft& d) {
                       set(d, "name", long_name);
                       fault f;
                       must(guanxi_draft_set_integer(d.get(), "employees", nts, 7, f.out()), f);
                     },
                     [](auto d, auto e) {
                       return guanxi_draft_set_null(d, "employees", nts, e);
                     });
     }},
    {"guanxi_draft_set_at", [](const books& in) {
       fault f;
       std::int32_t slot = -1;
       must(guanxi_slot(in.li, "opportunity", nts, "name", nts, &slot, f.out()), f);
       starve_deal_setter(in, "name", [&](auto d, auto e) {
         const guanxi_value other = a_text("Another name, and just as long");
         return guanxi_draft_set_at(d, slot, &other, e);
       });
     }},
};

/// What goes on inside guanxi_transact: a record of its own, with the memory that there is.
std::int32_t make_account(void* user, guanxi_session* s) {
  return guanxi_create(s, static_cast<guanxi_draft*>(user), nullptr, nullptr, nullptr);
}

const starved records[] = {
    {"guanxi_create", [](const books& in) {
       const draft d = in.of_deal();
       starve_write(in,
                    releasing<guanxi_record>(
                        [&](auto out, auto e) {
                          return guanxi_create(in.li, d.get(), nullptr, out, e);
                        },
                        guanxi_record_release),
                    nullptr, [&] { return in.s.count("opportunity"); });
       EXPECT_EQ(in.s.count("stage_visit"), in.s.count("opportunity"));
     }},
    {"guanxi_change", [](const books& in) {
       const record deal = create(in.li, in.of_deal());
       std::int64_t stage = in.s.qualified;
       draft d;
       starve_write(in,
                    releasing<guanxi_record>(
                        [&](auto out, auto e) {
                          return guanxi_change(in.li, guanxi_record_id(deal.get()), d.get(),
                                               nullptr, out, e);
                        },
                        guanxi_record_release),
                    [&] {
                      const std::int64_t now = in.answer_to(
                          "select count() from opportunity where stage.name = 'Qualified'");
                      stage = now == 1 ? in.s.proposal : in.s.qualified;
                      d = new_draft(in.li, "opportunity");
                      point(d, "stage", stage);
                    },
                    [&] { return in.s.count("stage_visit"); });
     }},
    {"guanxi_put_many", [](const books& in) {
       const draft d = in.of_account(), deal = in.of_deal();
       const guanxi_draft* rows[] = {d.get(), deal.get(), d.get()};
       const std::int64_t known = in.account();
       std::int64_t ids[3];
       starve_write(in,
                    [&](auto e) {
                      ids[0] = ids[1] = 0;
                      ids[2] = known;
                      const auto code = guanxi_put_many(in.li, rows, ids, 3, nullptr, nullptr,
                                                        nullptr, e);
                      EXPECT_EQ(ids[0] != 0, code == GUANXI_OK);
                      EXPECT_EQ(ids[1] != 0, code == GUANXI_OK);
                      EXPECT_EQ(ids[2], known);
                      return code;
                    },
                    nullptr,
                    [&] { return in.s.count("account") + in.s.count("opportunity"); }, 2);
     }},
    {"guanxi_put_table", [](const books& in) {
       in.account();
       const answer rows = query(in.li, "select name, city from account limit 1");
       ArrowArrayStream stream = {};
       fault f;
       starve_write(in,
                    [&](auto e) {
                      ArrowArrayStream ids = {};
                      const auto code = guanxi_put_table(in.li, "account", nts, &stream, &ids,
                                                         nullptr, nullptr, nullptr, e);
                      EXPECT_EQ(stream.release, nullptr) << "it is used up whatever happens";
                      EXPECT_EQ(ids.release != nullptr, code == GUANXI_OK);
                      if (ids.release) ids.release(&ids);
                      return code;
                    },
                    [&] {
                      stream = {};
                      must(guanxi_result_arrow_stream(rows.get(), &stream, f.out()), f);
                    },
                    [&] { return in.s.count("account"); });
     }},
    {"guanxi_delete", [](const books& in) {
       std::int64_t id = in.account();
       const draft contact = new_draft(in.li, "contact");
       set(contact, "name", long_name);
       starve_write(in, [&](auto e) {
         return guanxi_delete(in.li, "account", nts, id, nullptr, e);
       }, [&] {
         if (in.s.count("account") == 0) id = in.account();
         if (in.s.count("contact") > 0) return;
         point(contact, "account", id);
         create(in.li, contact);
       }, [&] { return in.s.count("account") + in.s.count("contact"); }, -2);
     }},
    {"guanxi_delete_many", [](const books& in) {
       std::int64_t ids[2];
       starve_write(in, [&](auto e) {
         return guanxi_delete_many(in.li, "account", nts, ids, 2, nullptr, nullptr, nullptr, e);
       }, [&] {
         if (in.s.count("account") == 0)
           for (std::int64_t& id : ids) id = in.account();
       }, [&] { return in.s.count("account"); }, -2);
     }},
    {"guanxi_restore", [](const books& in) {
       const std::int64_t id = in.account();
       fault f;
       starve_write(in, [&](auto e) {
         std::int64_t back = -1;
         const auto code = guanxi_restore(in.li, "account", nts, id, nullptr, &back, e);
         EXPECT_EQ(back, code == GUANXI_OK ? 1 : 0);
         return code;
       }, [&] {
         if (in.s.count("account") == 1)
           must(guanxi_delete(in.li, "account", nts, id, nullptr, f.out()), f);
       }, [&] { return in.s.count("account"); });
     }},
    {"guanxi_restore_batch", [](const books& in) {
       const std::int64_t id = in.account();
       std::int64_t batch = 0;
       fault f;
       starve_write(in, [&](auto e) {
         return guanxi_restore_batch(in.li, batch, nullptr, nullptr, e);
       }, [&] {
         if (in.s.count("account") == 0) return;
         must(guanxi_delete(in.li, "account", nts, id, nullptr, f.out()), f);
         batch = in.answer_to("select deletion_batch from account deleted");
       }, [&] { return in.s.count("account"); });
     }},
    {"guanxi_archive", [](const books& in) {
       const std::int64_t id = in.account();
       fault f;
       starve_write(in,
                    releasing<guanxi_record>(
                        [&](auto out, auto e) {
                          return guanxi_archive(in.li, "account", nts, id, nullptr, out, e);
                        },
                        guanxi_record_release),
                    [&] {
                      if (in.s.count("account") == 0)
                        must(guanxi_unarchive(in.li, "account", nts, id, nullptr, nullptr,
                                              f.out()), f);
                    },
                    [&] { return in.s.count("account"); }, -1);
     }},
    {"guanxi_unarchive", [](const books& in) {
       const std::int64_t id = in.account();
       fault f;
       starve_write(in,
                    releasing<guanxi_record>(
                        [&](auto out, auto e) {
                          return guanxi_unarchive(in.li, "account", nts, id, nullptr, out, e);
                        },
                        guanxi_record_release),
                    [&] {
                      if (in.s.count("account") == 1)
                        must(guanxi_archive(in.li, "account", nts, id, nullptr, nullptr,
                                            f.out()), f);
                    },
                    [&] { return in.s.count("account"); });
     }},
    {"guanxi_purge", [](const books& in) {
       fault f;
       guanxi_purge_options what = {};
       what.struct_size = sizeof what;
       what.before = store::now + 1;
       const auto gone = [&] {
         const answer a = query(in.s.system.get(), "select id from account deleted");
         return guanxi_result_row_count(a.get());
       };
       starve([&](auto e) {
         guanxi_purge_report told = {};
         told.struct_size = sizeof told;
         const auto code = guanxi_purge(in.s.system.get(), &what, nullptr, nullptr, &told, e);
         EXPECT_EQ(told.purged, code == GUANXI_OK ? 1 : 0);
         return code;
       }, {.before =
               [&] {
                 if (gone() == 0)
                   must(guanxi_delete(in.li, "account", nts, in.account(), nullptr, f.out()), f);
               },
           // What was purged before an error stays purged: the last step looks for more.
           .failed = [&] { EXPECT_LE(gone(), 1); },
           .done = [&] { EXPECT_EQ(gone(), 0); },
           .one_by_one = 20});
     }},
};

/// Actions, and what is due.
const starved deeds[] = {
    {"guanxi_invoke", [](const books& in) {
       fault f;
       const draft d = new_draft(in.li, "lead");
       set(d, "name", long_name);
       set(d, "company", "A company whose name is just as long as that of its people");
       std::int64_t lead = 0;
       parameters with;
       starve_write(in,
                    releasing<guanxi_result>(
                        [&](auto out, auto e) {
                          return guanxi_invoke(in.li, "lead.convert", nts, with.get(), nullptr, out,
                                               e);
                        },
                        guanxi_result_release),
                    [&] {
                      lead = guanxi_record_id(create(in.li, d).get());
                      guanxi_parameters* made = nullptr;
                      must(guanxi_parameters_create(&made, f.out()), f);
                      with.reset(made);
                      must(guanxi_parameters_set_integer(made, "lead", nts, lead, f.out()), f);
                      must(guanxi_parameters_set_boolean(made, "allow_duplicates", nts, 1, f.out()),
                           f);
                    },
                    [&] {
                      return in.s.count("account") + in.s.count("contact") +
                             in.s.count("opportunity");
                    },
                    3, 20);
       EXPECT_EQ(in.answer_to("select count() from lead where status = 'converted'"),
                 in.s.count("account"));
     }},
    {"guanxi_tick", [](const books& in) {
       std::int64_t before = 0;
       const auto notes = [&] { return in.s.count("notification"); };
       starve([&](auto e) {
         guanxi_tick_report told = {};
         told.struct_size = sizeof told;
         guanxi_buffer* failures = nullptr;
         const auto code =
             guanxi_tick(in.s.crm.get(), nullptr, nullptr, nullptr, &told, &failures, e);
         EXPECT_EQ(told.ran, code == GUANXI_OK ? 1 : 0);
         EXPECT_EQ(failures != nullptr, code == GUANXI_OK);
         guanxi_buffer_release(failures);
         return code;
       }, {.before =
               [&] {
                 before = notes();
                 const std::int64_t waiting =
                     in.answer_to("select count() from activity where reminded_at is null");
                 if (waiting != 0) return;
                 const draft d = new_draft(in.li, "activity");
                 set(d, "subject", long_name);
                 set(d, "remind_at", "2026-01-05T08:00:00Z");
                 create(in.li, d);
               },
           // What was done before an error stays done: the last step looks for when to call again.
           .failed =
               [&] {
                 EXPECT_LE(notes(), before + 1);
                 const std::int64_t reminded =
                     in.answer_to("select count() from activity where reminded_at is not null");
                 EXPECT_EQ(reminded, notes());
               },
           .done = [&] { EXPECT_EQ(notes(), before + 1); },
           .one_by_one = 20});
     }},
};

/// A transaction of li's with one account, which the next step ends.
void begun(const books& in) {
  fault f;
  if (!guanxi_in_transaction(in.li)) {
    must(guanxi_begin(in.li, f.out()), f);
    in.account();
  }
}

std::int64_t seen_by_li(const books& in) {
  return guanxi_result_row_count(query(in.li, "select id from account").get());
}

const starved transactions[] = {
    {"guanxi_begin", [](const books& in) {
       fault f;
       starve([&](auto e) { return guanxi_begin(in.li, e); },
              {.failed = [&] { EXPECT_EQ(guanxi_in_transaction(in.li), 0); },
               .done = [&] { must(guanxi_rollback(in.li, f.out()), f); }});
     }},
    {"guanxi_commit", [](const books& in) {
       std::int64_t last = 0, made = 0;
       starve([&](auto e) { return guanxi_commit(in.li, e); },
              {.before =
                   [&] {
                     last = last_change(in.s.system.get());
                     begun(in);
                   },
               .failed =
                   [&] {
                     EXPECT_EQ(guanxi_in_transaction(in.li), 0) << "the transaction is gone";
                     EXPECT_EQ(last_change(in.s.system.get()), last);
                   },
               .done = [&] { ++made; }});
       EXPECT_EQ(in.s.count("account"), made);
     }},
    {"guanxi_rollback", [](const books& in) {
       const std::int64_t last = last_change(in.s.system.get());
       fault f;
       const auto over = [&] {
         if (guanxi_in_transaction(in.li)) must(guanxi_rollback(in.li, f.out()), f);
         EXPECT_EQ(seen_by_li(in), 0);
       };
       starve([&](auto e) { return guanxi_rollback(in.li, e); },
              {.before = [&] { begun(in); }, .failed = over, .done = over});
       EXPECT_EQ(last_change(in.s.system.get()), last);
     }},
    {"guanxi_savepoint", [](const books& in) {
       begun(in);
       fault f;
       std::int32_t point = -1;
       starve([&](auto e) { return guanxi_savepoint(in.li, &point, e); },
              {.failed = [&] { EXPECT_EQ(guanxi_in_transaction(in.li), 1); },
               .done =
                   [&] {
                     EXPECT_EQ(point, 1) << "one that failed has left none";
                     in.account();
                     must(guanxi_rollback_to(in.li, point, f.out()), f);
                     must(guanxi_release_savepoint(in.li, point, f.out()), f);
                     EXPECT_EQ(seen_by_li(in), 1);
                   }});
       must(guanxi_commit(in.li, f.out()), f);
       EXPECT_EQ(in.s.count("account"), 1);
     }},
    {"guanxi_release_savepoint", [](const books& in) {
       begun(in);
       fault f;
       std::int32_t point = 0;
       std::int64_t written = 1;
       starve([&](auto e) { return guanxi_release_savepoint(in.li, point, e); },
              {.before =
                   [&] {
                     if (point != 0) return;
                     must(guanxi_savepoint(in.li, &point, f.out()), f);
                     in.account();
                     ++written;
                   },
               .failed = [&] { EXPECT_EQ(seen_by_li(in), written); },
               .done =
                   [&] {
                     EXPECT_EQ(seen_by_li(in), written);
                     EXPECT_EQ(guanxi_rollback_to(in.li, point, f.out()), GUANXI_MISUSE);
                     point = 0;
                   }});
       must(guanxi_commit(in.li, f.out()), f);
       EXPECT_EQ(in.s.count("account"), written);
     }},
    {"guanxi_rollback_to", [](const books& in) {
       begun(in);
       fault f;
       std::int32_t point = 0;
       must(guanxi_savepoint(in.li, &point, f.out()), f);
       starve([&](auto e) { return guanxi_rollback_to(in.li, point, e); },
              {.before = [&] { if (seen_by_li(in) == 1) in.account(); },
               .done = [&] { EXPECT_EQ(seen_by_li(in), 1); }});
       must(guanxi_rollback_to(in.li, point, f.out()), f);
       must(guanxi_commit(in.li, f.out()), f);
       EXPECT_EQ(in.s.count("account"), 1);
     }},
    {"guanxi_transact", [](const books& in) {
       const draft d = in.of_account();
       starve_write(in, [&](auto e) {
         return guanxi_transact(in.li, make_account, d.get(), 3, e);
       }, nullptr, [&] { return in.s.count("account"); });
     }},
    {"guanxi_create", [](const books& in) {  // once more, as a part of a transaction
       const draft d = in.of_deal();
       fault f;
       must(guanxi_begin(in.li, f.out()), f);
       starve([&](auto e) { return guanxi_create(in.li, d.get(), nullptr, nullptr, e); },
              {.failed = [&] { EXPECT_EQ(guanxi_in_transaction(in.li), 1); }});
       const std::int64_t made =
           guanxi_result_row_count(query(in.li, "select id from opportunity").get());
       must(guanxi_commit(in.li, f.out()), f);
       EXPECT_GE(made, 2);
       EXPECT_EQ(in.s.count("opportunity"), made);
       EXPECT_EQ(in.s.count("stage_visit"), made);
     }},
    {"guanxi_begin_reading", [](const books& in) {
       fault f;
       starve([&](auto e) {
         const auto code = guanxi_begin_reading(in.li, e);
         if (code != GUANXI_UNSUPPORTED) return code;
         guanxi_error_release(*e);  // SQLite's store in memory holds no moment
         *e = nullptr;
         return std::int32_t{GUANXI_OK};
       }, {.failed = [&] { in.account(); },
           .done = [&] { static_cast<void>(guanxi_end_reading(in.li, f.out())); }});
       in.account();
     }},
    {"guanxi_end_reading", [](const books& in) {
       fault f;
       if (guanxi_begin_reading(in.li, f.out()) == GUANXI_UNSUPPORTED) return;
       bool open = true;
       starve([&](auto e) { return guanxi_end_reading(in.li, e); },
              {.before =
                   [&] {
                     if (!open) must(guanxi_begin_reading(in.li, f.out()), f);
                     open = true;
                   },
               .done = [&] { open = false; }});
       in.account();
     }},
};

std::vector<starved> all_writes() {
  std::vector<starved> out;
  const auto add = [&](const auto& some) {
    out.insert(out.end(), std::begin(some), std::end(some));
  };
  add(drafts);
  add(records);
  add(deeds);
  add(transactions);
  return out;
}

class capi_memory_writes : public on_both_stores {};
TEST_P(capi_memory_writes, write_nothing_or_once) { run(); }
INSTANTIATE_TEST_SUITE_P(of, capi_memory_writes,
                         testing::Combine(testing::ValuesIn(all_writes()), on_both_stores::both()),
                         on_both_stores::named);

}  // namespace

namespace starving {
std::vector<std::string_view> starved_writes() { return names_of(all_writes()); }
}  // namespace starving
