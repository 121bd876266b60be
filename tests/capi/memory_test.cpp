// Memory that runs out, at one allocation after another, within each call that can fail: the throw
// that can come from anywhere. Nothing crosses the interface, nothing leaks, nothing half-done is
// kept. Here are the calls that read; at the end stands that every call is starved somewhere.
#include "every_export.hpp"
#include "starving.hpp"

#include <set>
#include <string>

namespace {

using namespace shop;
using namespace starving;

using catalog = owner<guanxi_catalog, guanxi_catalog_release>;
using explanation = owner<guanxi_explanation, guanxi_explanation_release>;
using history = owner<guanxi_history, guanxi_history_release>;

/// Too long to lie in a string itself, so that each copy of it needs memory.
constexpr const char* long_name = "A name that is too long to fit in a small string";

/// What reads look at: they share it, as they leave it alone.
struct room {
  store s;
  guanxi_session* li = s.li.get();
  record acme, deal, user;
  std::int64_t id = 0, sequence = 0;
  fault conflict;  ///< with both versions
  answer cells, flags, page;
  catalog all;
  explanation why;
  history past;
  parameters with, named;
  prepared_query ready;

  room() {
    fault f;
    draft d = new_draft(li, "account");
    set(d, "name", long_name);
    must(guanxi_draft_set_integer(d.get(), "employees", nts, 7, f.out()), f);
    acme = create(li, d);
    id = guanxi_record_id(acme.get());
    sequence = last_change(li);
    d = new_draft(li, "account");
    set(d, "city", "A town whose name is just as long as that of its people");
    must(guanxi_change(li, id, d.get(), nullptr, nullptr, f.out()), f);
    guanxi_write_options late = {};
    late.struct_size = sizeof late;
    late.expected_revision = 1;
    EXPECT_EQ(guanxi_change(li, id, d.get(), &late, nullptr, conflict.out()), GUANXI_CONFLICT);
    d = new_draft(li, "opportunity");
    set(d, "name", long_name);
    point(d, "stage", s.qualified);
    must(guanxi_draft_set_money(d.get(), "amount", nts, 10965, 2, "USD", nts, f.out()), f);
    must(guanxi_draft_set_date(d.get(), "close_date", nts, 20458, f.out()), f);
    deal = create(li, d);
    cells = query(li, "select name, amount, stage, created_at, count() as n, close_date from "
                      "opportunity group by name, amount, stage, created_at, close_date");
    flags = query(s.system.get(), "select active from user where login = 'li'");
    user = made<record>(guanxi_get, s.system.get(), "user", nts, guanxi_session_user(li));
    all = made<catalog>(guanxi_catalog_read, li);
    why = made<explanation>(guanxi_explain, li, GUANXI_ACTION_EDIT, "account", nts, id,
                            static_cast<const char*>(nullptr), std::size_t{0});
    past = made<history>(guanxi_history_read, li, "account", nts, id);
    with = made<parameters>(guanxi_parameters_create);
    named = made<parameters>(guanxi_parameters_create);
    must(guanxi_parameters_set_text(named.get(), "name", nts, long_name, nts, f.out()), f);
    ready = made<prepared_query>(guanxi_prepare, "select id from account where name = :name", nts);
    const parameters first = made<parameters>(guanxi_parameters_create);
    must(guanxi_parameters_set_null(first.get(), "cursor", nts, f.out()), f);
    page = made<answer>(guanxi_query, li, "select login from user limit 1 after :cursor", nts,
                        first.get(), static_cast<const guanxi_query_options*>(nullptr));
  }

  template <class Owner, class Call, class... Given>
  static Owner made(Call c, Given... given) {
    fault f;
    typename Owner::pointer out = nullptr;
    must(c(given..., &out, f.out()), f);
    return Owner(out);
  }
};

using starved = starved_in<room>;

/// A call that fills a struct.
template <class Struct, class Call, class... Given>
call filling(Call c, Given... given) {
  return [=](guanxi_error** err) {
    Struct out = {};
    out.struct_size = sizeof out;
    return c(given..., &out, err);
  };
}
/// One that gives a number.
template <class Number, class Call, class... Given>
call giving(Call c, Given... given) {
  return [=](guanxi_error** err) {
    Number out = {};
    return c(given..., &out, err);
  };
}
/// One that gives a number or text and, where it is asked, whether it is null or how long it is.
template <class Content, class Call, class... Given>
call reading(Call c, Given... given) {
  return [=](guanxi_error** err) {
    Content out = {};
    return c(given..., &out, nullptr, err);
  };
}
/// One that gives a coefficient and its scale.
template <class Call, class... Given>
call scaled(Call c, Given... given) {
  return [=](guanxi_error** err) {
    std::int64_t coefficient = 0;
    std::int32_t scale = 0;
    return c(given..., &coefficient, &scale, nullptr, err);
  };
}

/// One that makes a buffer, whose text it tells.
template <class Call, class... Given>
call telling(const char* has, Call c, Given... given) {
  return releasing<guanxi_buffer>(
      [=](auto out, auto e) { return c(given..., out, e); }, guanxi_buffer_release,
      [=](auto out) {
        const std::string text = guanxi_buffer_data(out, nullptr);
        EXPECT_NE(text.find(has), std::string::npos) << text;
      });
}

const starved sessions_and_records[] = {
    {"guanxi_error_stored", [](const room& in) {
       starve(releasing<guanxi_record>(
           [&](auto out, auto e) { return guanxi_error_stored(in.conflict.get(), out, e); },
           guanxi_record_release));
     }},
    {"guanxi_error_wanted", [](const room& in) {
       starve(releasing<guanxi_record>(
           [&](auto out, auto e) { return guanxi_error_wanted(in.conflict.get(), out, e); },
           guanxi_record_release));
     }},
    {"guanxi_as_user", [](const room& in) {
       starve(releasing<guanxi_session>(
           [&](auto out, auto e) { return guanxi_as_user(in.s.crm.get(), "li", nts, out, e); },
           guanxi_session_release));
     }},
    {"guanxi_as_system", [](const room& in) {
       starve(releasing<guanxi_session>(
           [&](auto out, auto e) {
             return guanxi_as_system(in.s.crm.get(), long_name, nts, out, e);
           },
           guanxi_session_release));
     }},
    {"guanxi_set_deadline", [](const room& in) {
       starve([&](auto e) { return guanxi_set_deadline(in.li, 86'400'000, e); });
     }},
    {"guanxi_outcome", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_outcome, in.s.crm.get(), "999999-1", nts));
     }},
    {"guanxi_slot", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_slot, in.li, "opportunity", nts, "amount", nts));
     }},
    {"guanxi_last_change", [](const room& in) {
       starve(giving<std::int64_t>(guanxi_last_change, in.li));
     }},
    {"guanxi_get", [](const room& in) {
       starve(releasing<guanxi_record>(
           [&](auto out, auto e) { return guanxi_get(in.li, "account", nts, in.id, out, e); },
           guanxi_record_release,
           [&](auto out) { EXPECT_EQ(guanxi_record_revision(out), 2); }));
     }},
    {"guanxi_get_as_of", [](const room& in) {
       starve(releasing<guanxi_record>(
           [&](auto out, auto e) {
             return guanxi_get_as_of(in.li, "account", nts, in.id, in.sequence, 0, out, e);
           },
           guanxi_record_release,
           [&](auto out) { EXPECT_EQ(guanxi_record_revision(out), 1); }));
     }},
    {"guanxi_get_many", [](const room& in) {
       const std::int64_t ids[] = {in.id, 999'999};
       starve([&](auto e) {
         guanxi_record* out[2];
         const auto code = guanxi_get_many(in.li, "account", nts, ids, out, 2, e);
         EXPECT_EQ(out[0] != nullptr, code == GUANXI_OK);
         EXPECT_EQ(out[1], nullptr);
         guanxi_record_release(out[0]);
         return code;
       });
     }},
    {"guanxi_record_is_visible", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_record_is_visible, in.deal.get(), "name", nts));
     }},
    {"guanxi_record_is_null", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_record_is_null, in.deal.get(), "name", nts));
     }},
    {"guanxi_record_value", [](const room& in) {
       starve(filling<guanxi_value>(guanxi_record_value, in.deal.get(), "name", nts));
     }},
    {"guanxi_record_value_at", [](const room& in) {
       starve(filling<guanxi_value>(guanxi_record_value_at, in.deal.get(), 0));
     }},
    {"guanxi_record_boolean", [](const room& in) {
       starve(reading<std::int32_t>(guanxi_record_boolean, in.user.get(), "active", nts));
     }},
    {"guanxi_record_integer", [](const room& in) {
       starve(reading<std::int64_t>(guanxi_record_integer, in.acme.get(), "employees", nts));
     }},
    {"guanxi_record_decimal", [](const room& in) {
       starve(scaled(guanxi_record_decimal, in.deal.get(), "probability", nts));
     }},
    {"guanxi_record_money", [](const room& in) {
       starve([&](auto e) {
         std::int64_t coefficient = 0;
         std::int32_t scale = 0;
         const char* currency = nullptr;
         return guanxi_record_money(in.deal.get(), "amount", nts, &coefficient, &scale, &currency,
                                    nullptr, e);
       });
     }},
    {"guanxi_record_text", [](const room& in) {
       starve(reading<const char*>(guanxi_record_text, in.deal.get(), "name", nts));
     }},
    {"guanxi_record_date", [](const room& in) {
       starve(reading<std::int32_t>(guanxi_record_date, in.deal.get(), "close_date", nts));
     }},
    {"guanxi_record_instant", [](const room& in) {
       starve(reading<std::int64_t>(guanxi_record_instant, in.deal.get(), "created_at", nts));
     }},
    {"guanxi_record_reference", [](const room& in) {
       starve(reading<std::int64_t>(guanxi_record_reference, in.deal.get(), "stage", nts));
     }},
    {"guanxi_draft_create", [](const room& in) {
       starve(releasing<guanxi_draft>(
           [&](auto out, auto e) { return guanxi_draft_create(in.li, "lead", nts, out, e); },
           guanxi_draft_release));
     }},
};

/// What a set of parameters holds under a name, by what an account of it is named.
std::string found_by(const room& in, const char* condition, const guanxi_parameters* with) {
  const answer a = query(in.li, std::string("select name from account where ") + condition, with);
  return std::to_string(guanxi_result_row_count(a.get()));
}

/// A parameter that is set and, where memory did not do, is what it was.
void starve_parameter(const room& in, const char* condition,
                      const std::function<std::int32_t(guanxi_parameters*, guanxi_error**)>& set_it,
                      const char* before = "1", const char* after = "0") {
  parameters with;
  fault f;
  starve([&](auto e) { return set_it(with.get(), e); },
         {.before =
              [&] {
                with = room::made<parameters>(guanxi_parameters_create);
                must(guanxi_parameters_set_text(with.get(), "p", nts, long_name, nts, f.out()), f);
                const guanxi_value one = a_text(long_name);
                must(guanxi_parameters_append(with.get(), "l", nts, &one, f.out()), f);
              },
          .failed = [&] { EXPECT_EQ(found_by(in, "name = :p and name in :l", with.get()), "1"); },
          .done = [&] { EXPECT_EQ(found_by(in, condition, with.get()), after); }});
  EXPECT_NE(std::string(before), after);
}

const starved parameter_sets[] = {
    {"guanxi_parameters_create", [](const room&) {
       starve(releasing<guanxi_parameters>(
           [&](auto out, auto e) { return guanxi_parameters_create(out, e); },
           guanxi_parameters_release));
     }},
    {"guanxi_parameters_set_null", [](const room& in) {
       starve_parameter(in, "name = :p", [](auto p, auto e) {
         return guanxi_parameters_set_null(p, "p", nts, e);
       });
     }},
    {"guanxi_parameters_set_boolean", [](const room& in) {
       starve_parameter(in, ":p = (employees = 8)", [](auto p, auto e) {
         return guanxi_parameters_set_boolean(p, "p", nts, 1, e);
       });
     }},
    {"guanxi_parameters_set_integer", [](const room& in) {
       starve_parameter(in, "employees = :p", [](auto p, auto e) {
         return guanxi_parameters_set_integer(p, "p", nts, 8, e);
       });
     }},
    {"guanxi_parameters_set_decimal", [](const room& in) {
       starve_parameter(in, "employees = :p", [](auto p, auto e) {
         return guanxi_parameters_set_decimal(p, "p", nts, 71, 1, e);
       });
     }},
    {"guanxi_parameters_set_text", [](const room& in) {
       starve_parameter(in, "name = :p", [](auto p, auto e) {
         return guanxi_parameters_set_text(p, "p", nts, "Another name that is just as long", nts,
                                           e);
       });
     }},
    {"guanxi_parameters_set_date", [](const room& in) {
       starve_parameter(in, "date(created_at) = :p", [](auto p, auto e) {
         return guanxi_parameters_set_date(p, "p", nts, 1, e);
       });
     }},
    {"guanxi_parameters_set_instant", [](const room& in) {
       starve_parameter(in, "created_at = :p", [](auto p, auto e) {
         return guanxi_parameters_set_instant(p, "p", nts, 1, e);
       });
     }},
    {"guanxi_parameters_set_reference", [](const room& in) {
       starve_parameter(in, "id = :p", [](auto p, auto e) {
         return guanxi_parameters_set_reference(p, "p", nts, 999'999, e);
       });
     }},
    {"guanxi_parameters_set_list", [](const room& in) {
       starve_parameter(in, "name in :l", [](auto p, auto e) {
         return guanxi_parameters_set_list(p, "l", nts, e);
       });
     }},
    {"guanxi_parameters_append", [](const room& in) {
       starve_parameter(in, "name = :p and name in :l", [](auto p, auto e) {
         const guanxi_value other = a_text("Another name that is just as long");
         return guanxi_parameters_append(p, "a list that is new and has a long name", nts, &other,
                                         e);
       }, "0", "1");
     }},
};
const starved queries_and_results[] = {
    {"guanxi_query", [](const room& in) {
       starve(releasing<guanxi_result>(
           [&](auto out, auto e) {
             return guanxi_query(in.li, "select name, count() as n from account "
                                        "where name like 'A%' group by name",
                                 nts, nullptr, nullptr, out, e);
           },
           guanxi_result_release,
           [](auto out) { EXPECT_EQ(guanxi_result_row_count(out), 1); }));
     }},
    {"guanxi_result_children", [](const room& in) {
       const answer parents = query(in.li, "select name, (select name from contacts) from account");
       starve(releasing<guanxi_result>(
           [&](auto out, auto e) { return guanxi_result_children(parents.get(), 0, 1, out, e); },
           guanxi_result_release,
           [](auto out) { EXPECT_EQ(guanxi_result_column_count(out), 1); }));
     }},
    {"guanxi_search", [](const room& in) {
       starve(releasing<guanxi_result>(
           [&](auto out, auto e) {
             guanxi_search_options how = {};
             how.struct_size = sizeof how;
             how.entities = "contact, account and other entities with long names";
             how.entities_length = 16;
             return guanxi_search(in.li, "Acme 张三", nts, &how, out, e);
           },
           guanxi_result_release,
           [](auto out) { EXPECT_EQ(guanxi_result_column_count(out), 4); }));
     }},
    {"guanxi_invoke", [](const room& in) {  // one that reads
       parameters with;
       fault f;
       guanxi_parameters* made = nullptr;
       must(guanxi_parameters_create(&made, f.out()), f);
       with.reset(made);
       must(guanxi_parameters_set_integer(made, "record", nts, in.id, f.out()), f);
       starve(releasing<guanxi_result>(
           [&](auto out, auto e) {
             return guanxi_invoke(in.li, "account.timeline", nts, with.get(), nullptr, out, e);
           },
           guanxi_result_release,
           [](auto out) { EXPECT_EQ(guanxi_result_column_count(out), 8); }));
     }},
    {"guanxi_session_actions", [](const room& in) {
       starve(releasing<guanxi_result>(
           [&](auto out, auto e) { return guanxi_session_actions(in.li, out, e); },
           guanxi_result_release,
           [](auto out) { EXPECT_EQ(guanxi_result_column_count(out), 12); }));
     }},
    {"guanxi_result_column", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_result_column, in.cells.get(), "close_date", nts));
     }},
    {"guanxi_result_column_info", [](const room& in) {
       starve(filling<guanxi_column_info>(guanxi_result_column_info, in.cells.get(), 1));
     }},
    {"guanxi_result_is_null", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_result_is_null, in.cells.get(), 0, 0));
     }},
    {"guanxi_result_value", [](const room& in) {
       const answer fresh = query(in.li, "select name from account");
       starve(filling<guanxi_value>(guanxi_result_value, fresh.get(), 0, 0));
     }},
    {"guanxi_prepare", [](const room&) {
       starve([](guanxi_error** e) {
         guanxi_prepared* out = nullptr;
         const std::int32_t code =
             guanxi_prepare("select name from account where city = :a_name_that_takes_room", nts,
                            &out, e);
         guanxi_prepared_release(out);
         return code;
       });
     }},
    {"guanxi_prepared_parameter", [](const room& in) {
       starve([q = in.ready.get()](guanxi_error** e) {
         const char* name = nullptr;
         return guanxi_prepared_parameter(q, 0, &name, nullptr, e);
       });
     }},
    {"guanxi_query_prepared", [](const room& in) {
       starve([&](guanxi_error** e) {
         guanxi_result* out = nullptr;
         const std::int32_t code =
             guanxi_query_prepared(in.li, in.ready.get(), in.named.get(), nullptr, &out, e);
         guanxi_result_release(out);
         return code;
       });
     }},
    {"guanxi_result_page", [](const room& in) {
       starve([page = in.page.get()](guanxi_error** e) {
         const char* next = nullptr;
         return guanxi_result_page(page, &next, nullptr, nullptr, e);
       });
     }},
    {"guanxi_result_boolean", [](const room& in) {
       starve(reading<std::int32_t>(guanxi_result_boolean, in.flags.get(), 0, 0));
     }},
    {"guanxi_result_integer", [](const room& in) {
       starve(reading<std::int64_t>(guanxi_result_integer, in.cells.get(), 0, 4));
     }},
    {"guanxi_result_decimal", [](const room& in) {
       starve(scaled(guanxi_result_decimal, in.cells.get(), 0, 1));
     }},
    {"guanxi_result_text", [](const room& in) {
       const answer fresh = query(in.li, "select name from account");
       starve(reading<const char*>(guanxi_result_text, fresh.get(), 0, 0));
     }},
    {"guanxi_result_date", [](const room& in) {
       starve(reading<std::int32_t>(guanxi_result_date, in.cells.get(), 0, 5));
     }},
    {"guanxi_result_instant", [](const room& in) {
       starve(reading<std::int64_t>(guanxi_result_instant, in.cells.get(), 0, 3));
     }},
    {"guanxi_result_reference", [](const room& in) {
       starve(reading<std::int64_t>(guanxi_result_reference, in.cells.get(), 0, 2));
     }},
    {"guanxi_result_json", [](const room& in) {
       starve(telling(long_name, guanxi_result_json, in.cells.get()));
     }},
    {"guanxi_result_csv", [](const room& in) {
       starve(telling(long_name, guanxi_result_csv, in.cells.get()));
     }},
    {"guanxi_result_save", [](const room& in) {
       starve([&](guanxi_error** e) {
         return guanxi_result_save(in.cells.get(), GUANXI_FORMAT_CSV, "starved_result.csv", nts,
                                   nullptr, nullptr, e);
       });
       std::remove("starved_result.csv");
     }},
    {"guanxi_result_arrow_stream", [](const room& in) {
       starve([&](auto e) {
         ArrowArrayStream stream = {};
         const std::int32_t code = guanxi_result_arrow_stream(in.cells.get(), &stream, e);
         EXPECT_EQ(stream.release != nullptr, code == GUANXI_OK);
         if (stream.release) stream.release(&stream);
         return code;
       });
     }},
};

constexpr const char* names_by_page =
    R"({"guanxi_report": 1, "title": {"en": "Names", "zh": "名称"}, "sections": [
        {"key": "names", "shape": "list", "query": "select name from account order by name"}]})";

constexpr const char* queried =
    "select name as \"what they are called, in full\", sum(amount) filter (where stage.is_won) "
    "from opportunity where close_date in last_n_days(7) and account not in (select account from "
    "ticket) and any(account.contacts: email is null) group by rollup(name) limit 3 per name";
constexpr const char* queried_json =
    R"({"select": [{"path": "name", "as": "what they are called, in full"},
                   {"aggregate": "sum", "of": "amount", "filter": {"path": "stage.is_won"}}],
        "from": "opportunity", "group_by": [{"rollup": ["name"]}], "where": {"and": [
          {"in": [{"path": "close_date"}, {"range": "last_n_days", "n": 7}]},
          {"not_in": [{"path": "account"}, {"select": ["account"], "from": "ticket"}]},
          {"any": "account.contacts", "where": {"is_null": {"path": "email"}}}]},
        "limit_per": {"limit": 3, "per": ["name"]}})";

call explaining(std::function<std::int32_t(guanxi_explanation**, guanxi_error**)> make) {
  return releasing<guanxi_explanation>(
      std::move(make), guanxi_explanation_release,
      [](auto out) { EXPECT_EQ(guanxi_explanation_is_allowed(out), 1); });
}

call reading_history(std::int32_t entries,
                     std::function<std::int32_t(guanxi_history**, guanxi_error**)> make) {
  return releasing<guanxi_history>(
      std::move(make), guanxi_history_release,
      [=](auto out) { EXPECT_EQ(guanxi_history_count(out), entries); });
}

const starved descriptions[] = {
    {"guanxi_explain", [](const room& in) {
       starve(explaining([&](auto out, auto e) {
         return guanxi_explain(in.li, GUANXI_ACTION_EDIT, "account", nts, in.id, "name", nts, out,
                               e);
       }));
     }},
    {"guanxi_explain_for", [](const room& in) {
       starve(explaining([&](auto out, auto e) {
         return guanxi_explain_for(in.s.system.get(), "li", nts, GUANXI_ACTION_EDIT, "account",
                                   nts, in.id, out, e);
       }));
     }},
    {"guanxi_explain_query", [](const room& in) {
       starve(telling("division", guanxi_explain_query, in.s.system.get(),
                      "select name from account where employees > 3", nts,
                      static_cast<const guanxi_parameters*>(nullptr), "li", nts));
     }},
    {"guanxi_statement_to_json", [](const room&) {
       starve(telling("last_n_days", guanxi_statement_to_json, queried, nts));
     }},
    {"guanxi_statement_from_json", [](const room&) {
       starve(telling("select name as", guanxi_statement_from_json, queried_json, nts));
     }},
    {"guanxi_explanation_reason", [](const room& in) {
       starve(filling<guanxi_reason_info>(guanxi_explanation_reason, in.why.get(), 0));
     }},
    {"guanxi_history_read", [](const room& in) {
       starve(reading_history(2, [&](auto out, auto e) {
         return guanxi_history_read(in.li, "account", nts, in.id, out, e);
       }));
     }},
    {"guanxi_history_of_field", [](const room& in) {
       starve(reading_history(1, [&](auto out, auto e) {
         return guanxi_history_of_field(in.li, "account", nts, in.id, "city", nts, out, e);
       }));
     }},
    {"guanxi_history_entry", [](const room& in) {
       starve(filling<guanxi_entry_info>(guanxi_history_entry, in.past.get(), 0));
     }},
    {"guanxi_history_field", [](const room& in) {
       starve([&](auto e) {
         const char* name = nullptr;
         guanxi_value before = {}, after = {};
         before.struct_size = after.struct_size = sizeof before;
         return guanxi_history_field(in.past.get(), 0, 0, &name, &before, &after, e);
       });
     }},
    {"guanxi_catalog_read", [](const room& in) {
       starve(releasing<guanxi_catalog>(
           [&](auto out, auto e) { return guanxi_catalog_read(in.li, out, e); },
           guanxi_catalog_release, [&](auto out) {
             EXPECT_EQ(guanxi_catalog_entity_count(out),
                       guanxi_catalog_entity_count(in.all.get()));
           }));
     }},
    {"guanxi_catalog_entity", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_catalog_entity, in.all.get(), "contact", nts));
     }},
    {"guanxi_catalog_entity_info", [](const room& in) {
       starve(filling<guanxi_entity_info>(guanxi_catalog_entity_info, in.all.get(), 0));
     }},
    {"guanxi_catalog_field", [](const room& in) {
       starve(giving<std::int32_t>(guanxi_catalog_field, in.all.get(), 0, "id", nts));
     }},
    {"guanxi_catalog_field_info", [](const room& in) {
       starve(filling<guanxi_field_info>(guanxi_catalog_field_info, in.all.get(), 0, 0));
     }},
    {"guanxi_catalog_choice_info", [](const room& in) {
       fault f;
       std::int32_t deal = -1, category = -1;
       must(guanxi_catalog_entity(in.all.get(), "opportunity", nts, &deal, f.out()), f);
       must(guanxi_catalog_field(in.all.get(), deal, "forecast_category", nts, &category,
                                 f.out()), f);
       starve(filling<guanxi_choice_info>(guanxi_catalog_choice_info, in.all.get(), deal, category,
                                          0));
     }},
    {"guanxi_report", [](const room& in) {
       starve(telling(long_name, guanxi_report, in.li, names_by_page, nts, nullptr));
     }},
    {"guanxi_report_text", [](const room& in) {
       starve(telling(long_name, guanxi_report_text, in.li, names_by_page, nts, nullptr, nullptr));
     }},
    {"guanxi_report_page", [](const room& in) {
       starve(telling(long_name, guanxi_report_page, in.li, names_by_page, nts, nullptr, nullptr));
     }},
    {"guanxi_tenant_verify", [](const room& in) {
       starve([&](auto e) {
         std::int64_t findings = -1;
         guanxi_buffer* report = nullptr;
         const auto code = guanxi_tenant_verify(in.s.crm.get(), 0, nullptr, nullptr, &findings,
                                                &report, e);
         EXPECT_LE(findings, 0) << "what was not read is no fault of the store: "
                                << guanxi_buffer_data(report, nullptr);
         EXPECT_EQ(report != nullptr, code == GUANXI_OK);
         guanxi_buffer_release(report);
         return code;
       }, {.one_by_one = 20});
     }},
};

std::vector<starved> all_reads() {
  std::vector<starved> out;
  const auto add = [&](const auto& some) {
    out.insert(out.end(), std::begin(some), std::end(some));
  };
  add(sessions_and_records);
  add(parameter_sets);
  add(queries_and_results);
  add(descriptions);
  return out;
}

class capi_memory_reads : public testing::TestWithParam<starved> {
 public:
  static void SetUpTestSuite() { shared() = std::make_unique<room>(); }
  static void TearDownTestSuite() { shared().reset(); }
  static std::unique_ptr<room>& shared() {
    static std::unique_ptr<room> out;
    return out;
  }
};

TEST_P(capi_memory_reads, give_an_error_or_the_answer) {
  const room& in = *shared();
  const std::int64_t before = last_change(in.li);
  GetParam().run(in);
  EXPECT_EQ(last_change(in.li), before);
  EXPECT_EQ(faults_of(in.s.crm.get()), 0);
}

INSTANTIATE_TEST_SUITE_P(of, capi_memory_reads, testing::ValuesIn(all_reads()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace

namespace starving {
std::vector<std::string_view> starved_reads() { return names_of(all_reads()); }
}  // namespace starving

namespace {

TEST(capi_memory, is_short_in_a_test_of_every_call_that_can_fail) {
  std::set<std::string_view> covered;
  for (const auto& names :
       {starved_reads(), starved_writes(), starved_changes(), starved_openings(),
        starved_modules()})
    covered.insert(names.begin(), names.end());
  std::set<std::string_view> exports;
  for (const every_export::exported& one : every_export::all) {
    if (!one.fails) continue;
    exports.insert(one.name);
    EXPECT_TRUE(covered.contains(one.name)) << one.name << " is not starved";
  }
  for (const std::string_view name : covered)
    EXPECT_TRUE(exports.contains(name)) << name << " is no call that can fail";
}

}  // namespace
