// A host's store that answers by chance what it must not: every call on the tenant gives the right
// answer or an error with a code and words, and nothing that failed is there later.
#include "support/c_store.hpp"
#include "support/stores.hpp"

#include "guanxi/session/own_store.hpp"

#include <random>

namespace guanxi::test {
namespace {

enum class misdeed {
  short_row, long_row, empty_row, wrong_type, no_such_type, wrong_id, id_of_none, null_revision,
  bad_text, null_text, endless_date, bad_scale, row_twice, rows_unasked, kept_answer, wild_code,
  negative_code, code_of_others, silent_failure, re_enters, re_enters_same,
  loses_a_write,  ///< which no guard can see: planted, for the harness to notice
  last = re_enters_same
};

struct imp : c_shelf {
  std::mt19937_64 random;
  std::optional<misdeed> only;  ///< which to do; nothing: any
  bool quiet = true;
  int done = 0;
  guanxi_answer* kept = nullptr;
  session *same = nullptr, *other = nullptr;
  bool entered_well = true;  ///< what was tried from within was refused

  bool tempted() { return !quiet && random() % 60 == 0; }
  misdeed pick() {
    ++done;
    if (only) return *only;
    return static_cast<misdeed>(random() % (static_cast<std::uint64_t>(misdeed::last) + 1));
  }
};

imp& imp_of(void* self) { return *static_cast<imp*>(static_cast<c_shelf*>(self)); }

void enter(imp& me, session* by) {
  if (!by) return;
  const auto refused = [&](errc why) { me.entered_well = me.entered_well && why == errc::misuse; };
  refused(code(by->query("select name from account")));
  refused(code(by->create(crm::account::entity, {crm::account::name = "From within"})));
  refused(code(by->commit()));
  refused(code(by->rollback()));
  refused(code(by->begin()));
}

/// Gives a row with something wrong about it; whatever the library says, "done" comes back.
void spoil(imp& me, misdeed how, const c_shelf::row& from, guanxi_answer* answer) {
  std::vector<guanxi_value> row = values_of(from);
  if (row.empty()) row.resize(1);
  guanxi_value& some = row[me.random() % row.size()];
  switch (how) {
    case misdeed::short_row: row.pop_back(); break;
    case misdeed::long_row: row.resize(row.size() + 1 + me.random() % 5); break;
    case misdeed::empty_row: row.clear(); break;
    case misdeed::wrong_type: row[1].type = GUANXI_TYPE_BOOLEAN; break;
    case misdeed::no_such_type: some.type = 99 - static_cast<int>(me.random() % 300); break;
    case misdeed::wrong_id: row[0].integer += 1000; break;
    case misdeed::id_of_none: row[0].integer = -static_cast<std::int64_t>(me.random() % 3); break;
    case misdeed::null_revision: row[1] = {}; row[1].type = GUANXI_TYPE_INTEGER; break;
    case misdeed::bad_text:
      some.type = GUANXI_TYPE_TEXT;
      some.text = "\xff\xfe";
      some.text_length = 2;
      break;
    case misdeed::null_text:
      row.back().type = GUANXI_TYPE_TEXT;
      row.back().text = nullptr;
      row.back().text_length = 40;
      row[1].type = GUANXI_TYPE_TEXT;
      break;
    case misdeed::endless_date:
      row[1].type = GUANXI_TYPE_DATE;
      row[1].integer = INT64_MAX;
      break;
    case misdeed::bad_scale:
      row[1].type = GUANXI_TYPE_DECIMAL;
      row[1].scale = 77;
      break;
    case misdeed::row_twice:
      guanxi_answer_row(answer, row.data(), row.size(), nullptr, nullptr);
      break;
    default: break;
  }
  if (!row.empty()) row[0].struct_size = sizeof(guanxi_value);
  guanxi_answer_row(answer, row.data(), row.size(), nullptr, nullptr);
}

/// The code that a function gives in place of doing its work, or nothing if it goes on.
std::optional<std::int32_t> misdo(imp& me, misdeed how, guanxi_answer* answer) {
  switch (how) {
    case misdeed::wild_code: return 123'456;
    case misdeed::negative_code: return -7;
    case misdeed::code_of_others: return GUANXI_PERMISSION;
    case misdeed::silent_failure: return GUANXI_STORE_IO;
    case misdeed::re_enters: enter(me, me.other); return std::nullopt;
    case misdeed::re_enters_same: enter(me, me.same); return std::nullopt;
    case misdeed::kept_answer:
      if (me.kept) guanxi_answer_explain(me.kept, "from the past", GUANXI_NTS, 1, nullptr);
      me.kept = answer;
      return std::nullopt;
    case misdeed::rows_unasked: {
      guanxi_value v = {};
      v.struct_size = sizeof v;
      for (int i = 0; i < 2'000; ++i) guanxi_answer_row(answer, &v, 1, nullptr, nullptr);
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

bool of_rows(misdeed how) { return how <= misdeed::bad_scale || how == misdeed::row_twice; }

guanxi_store functions_of_imp() {
  static const guanxi_store right = [] {
    guanxi_store made = c_shelf::functions(c_offer::transactions);
    made.plan = c_shelf::functions(c_offer::plans).plan;
    made.execute = c_shelf::functions(c_offer::plans).execute;
    return made;
  }();
  guanxi_store out = right;
  out.get = [](void* self, const guanxi_table* t, std::int64_t id, guanxi_answer* a) {
    imp& me = imp_of(self);
    if (me.tempted()) {
      const misdeed how = me.pick();
      const c_shelf::row* found = me.find(guanxi_table_name(t, nullptr), id);
      if (of_rows(how) && found) return spoil(me, how, *found, a), std::int32_t{GUANXI_OK};
      if (const auto code = misdo(me, how, a)) return *code;
    }
    return right.get(self, t, id, a);
  };
  out.scan = [](void* self, const guanxi_table* t, std::int64_t after, std::uint64_t most,
                guanxi_answer* a) {
    imp& me = imp_of(self);
    if (me.tempted()) {
      const misdeed how = me.pick();
      const c_shelf::rows& rows = me.of(guanxi_table_name(t, nullptr));
      // Of a row that is only spoilt for the first page the rest would be missing.
      if (of_rows(how) && how != misdeed::wrong_id && !rows.empty() && after == 0)
        return spoil(me, how, rows.begin()->second, a), std::int32_t{GUANXI_OK};
      if (const auto code = misdo(me, how, a)) return *code;
    }
    return right.scan(self, t, after, most, a);
  };
  out.plan = [](void* self, const guanxi_table* t, const guanxi_request* r, guanxi_answer* a) {
    imp& me = imp_of(self);
    if (me.tempted()) {
      const auto wild = static_cast<std::int32_t>(me.random() % 12) - 4;
      guanxi_answer_verdict(a, wild, wild, nullptr);
      if (const auto code = misdo(me, me.pick(), a)) return *code;
    }
    return right.plan(self, t, r, a);
  };
  out.execute = [](void* self, const guanxi_table* t, const guanxi_request* r, guanxi_answer* a) {
    imp& me = imp_of(self);
    if (me.tempted()) {
      const misdeed how = me.pick();
      const c_shelf::rows& rows = me.of(guanxi_table_name(t, nullptr));
      if (of_rows(how) && how != misdeed::wrong_id && !rows.empty() &&
          guanxi_request_after(r) == 0)
        return spoil(me, how, rows.begin()->second, a), std::int32_t{GUANXI_OK};
      if (const auto code = misdo(me, how, a)) return *code;
    }
    return right.execute(self, t, r, a);
  };
  out.put = [](void* self, const guanxi_table* t, const guanxi_value* const* row,
               std::size_t count, std::int64_t expected, guanxi_answer* a) {
    imp& me = imp_of(self);
    if (me.tempted()) {
      const misdeed how = me.pick();
      if (how == misdeed::loses_a_write) return std::int32_t{GUANXI_OK};
      if (const auto code = misdo(me, how, a)) return *code;
    }
    return right.put(self, t, row, count, expected, a);
  };
  out.commit = [](void* self, guanxi_answer* a) {
    imp& me = imp_of(self);
    if (me.tempted())
      if (const auto code = misdo(me, me.pick(), a)) return *code;
    return right.commit(self, a);
  };
  return out;
}

/// What the harness holds against the tenant; "" if all is well. It lives for at least so many
/// calls, and on until the store has misbehaved twice: some misdeeds need an earlier one.
std::string live(std::uint64_t seed, std::optional<misdeed> only, int calls) {
  imp me;
  me.random.seed(seed);
  me.only = only;
  tenant crm = open(over_c(functions_of_imp(), static_cast<c_shelf*>(&me))).value();
  session s = crm.as_system("test"), other = crm.as_system("other");
  me.same = &s;
  me.other = &other;
  std::map<std::int64_t, std::string> known;
  std::string found;
  const auto well = [&](const auto& r) {
    if (!r && (r.error().message().empty() || name(r.error().code()) == name(errc::ok)))
      found += "an error without words\n";
    return r.has_value();
  };
  std::mt19937_64 random(seed + 1);
  const auto some = [&] {
    return std::next(known.begin(), static_cast<std::ptrdiff_t>(random() % known.size()));
  };
  const auto is_right = [&](const result<rows>& all) {
    if (!well(all)) return;
    if (all->size() != known.size()) found += "a wrong number of records\n";
    for (std::size_t i = 0; i < all->size() && found.empty(); ++i)
      if (known[all->at(i, 0).as_id().value] != all->at(i, 1).to_string())
        found += "a wrong name\n";
  };
  const auto goes_on = [&](int i) { return i < calls || (me.done < 2 && i < 100 * calls); };
  for (int i = 0; goes_on(i) && found.empty(); ++i) {
    me.quiet = false;
    const std::string called = "n" + std::to_string(i);
    const std::uint64_t what = random() % 4;
    if (what == 0 || known.empty()) {
      const auto made = s.create(crm::account::entity, {crm::account::name = called});
      if (well(made)) known[made->key().value] = called;
    } else if (what == 1) {
      const auto at = some();
      schema::draft d(*s.catalog()->find("account"));
      d.set(crm::account::name = called);
      if (well(s.change(id{at->first}, d))) at->second = called;
    } else if (what == 2) {
      const auto at = some();
      const auto got = s.get("account", id{at->first});
      if (well(got) && (*got)[crm::account::name] != at->second) found += "a wrong name\n";
    } else {
      is_right(s.query("select id, name from account"));
    }
    me.quiet = true;
    if (i % 10 == 9) {
      const auto all = s.query("select id, name from account");
      if (!all) found += "unusable: " + std::string(all.error().message()) + "\n";
      else is_right(all);
    }
  }
  if (!me.entered_well) found += "a call from within was not refused\n";
  if (me.done < 2) found += "nothing was tried\n";
  return found;
}

TEST(misbehaving_store, gives_codes_and_no_crash) {
  const std::uint64_t seed = chosen_seed();
  for (std::uint64_t i = 0; i < 3; ++i)
    EXPECT_EQ(live(seed + i, {}, 150), "") << "seed " << seed + i;
  for (int how = 0; how <= static_cast<int>(misdeed::last); ++how)
    EXPECT_EQ(live(seed, static_cast<misdeed>(how), 40), "")
        << "seed " << seed << ", misdeed " << how;
}

TEST(misbehaving_store, that_loses_a_write_is_noticed_by_the_harness) {
  std::string noticed;
  for (std::uint64_t seed = 1; noticed.empty() && seed < 20; ++seed)
    noticed = live(seed, misdeed::loses_a_write, 150);
  EXPECT_NE(noticed, "");
}

}  // namespace
}  // namespace guanxi::test
