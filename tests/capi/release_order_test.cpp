// Handles of every kind, released in every order that a seed comes up with; the sanitizers watch.
#include "every_export.hpp"
#include "shop.hpp"

#include "support/c_store.hpp"

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace shop;

struct held {
  const char* kind;
  std::function<void()> release;
};

/// One handle after another, each with what it was made from still at hand.
class pile {
 public:
  explicit pile(const store& s) : s_(s) {}

  std::vector<held> make() {
    fault f;
    guanxi_environment* world = nullptr;
    must(guanxi_environment_create(&world, f.out()), f);
    keep("environment", world, guanxi_environment_release);
    guanxi_tenant* crm = nullptr;
    must(guanxi_open(world, ":memory:", nts, nullptr, &crm, f.out()), f);
    keep("tenant", crm, guanxi_tenant_release);
    guanxi_session* admin = nullptr;
    must(guanxi_as_user(crm, "admin", nts, &admin, f.out()), f);
    keep("session", admin, guanxi_session_release);
    make_of(admin);
    make_of(s_.li.get());  // whose store goes on
    return std::move(made_);
  }

 private:
  template <class Handle>
  void keep(const char* kind, Handle* handle, void (*release)(Handle*)) {
    made_.push_back({kind, [=] { release(handle); }});
  }

  void make_of(guanxi_session* session) {
    fault f;
    guanxi_draft* d = nullptr;
    must(guanxi_draft_create(session, "account", nts, &d, f.out()), f);
    keep("draft", d, guanxi_draft_release);
    must(guanxi_draft_set_text(d, "name", nts, "Acme", nts, f.out()), f);
    guanxi_record* r = nullptr;
    must(guanxi_create(session, d, nullptr, &r, f.out()), f);
    keep("record", r, guanxi_record_release);
    guanxi_parameters* p = nullptr;
    must(guanxi_parameters_create(&p, f.out()), f);
    keep("parameters", p, guanxi_parameters_release);
    guanxi_prepared* q = nullptr;
    must(guanxi_prepare("select name from account", nts, &q, f.out()), f);
    keep("prepared", q, guanxi_prepared_release);
    must(guanxi_parameters_set_text(p, "n", nts, "Acme", nts, f.out()), f);
    make_answers(session, guanxi_record_id(r), p);
  }

  void make_answers(guanxi_session* session, std::int64_t id, const guanxi_parameters* p) {
    fault f;
    guanxi_result* a = nullptr;
    must(guanxi_query(session, "select name from account where name = :n", nts, p, nullptr, &a,
                      f.out()), f);
    keep("result", a, guanxi_result_release);
    guanxi_buffer* json = nullptr;
    must(guanxi_result_json(a, &json, f.out()), f);
    keep("buffer", json, guanxi_buffer_release);
    guanxi_explanation* why = nullptr;
    must(guanxi_explain(session, GUANXI_ACTION_EDIT, "account", nts, id, nullptr, 0, &why,
                        f.out()), f);
    keep("explanation", why, guanxi_explanation_release);
    guanxi_history* history = nullptr;
    must(guanxi_history_read(session, "account", nts, id, &history, f.out()), f);
    keep("history", history, guanxi_history_release);
    guanxi::test::c_shelf empty;
    const guanxi_store functions =
        guanxi::test::c_shelf::functions(guanxi::test::c_offer::transactions);
    guanxi_store_check_options little = {};
    little.struct_size = sizeof little;
    little.operations = 1;
    guanxi_store_faults* faults = nullptr;
    must(guanxi_store_check(&functions, &empty, &little, nullptr, nullptr, &faults, f.out()), f);
    keep("store_faults", faults, guanxi_store_faults_release);
    guanxi_module* module = nullptr;
    must(guanxi_module_create("desk", nts, &module, f.out()), f);
    keep("module", module, guanxi_module_release);
    guanxi_events* events = nullptr;
    must(guanxi_events_open(session, "pile", nts, nullptr, &events, f.out()), f);
    std::int32_t there = 0;
    must(guanxi_events_next(events, &there, f.out()), f);
    keep("events", events, guanxi_events_release);
    guanxi_cursors* cursors = nullptr;
    must(guanxi_cursors_read(session, &cursors, f.out()), f);
    keep("cursors", cursors, guanxi_cursors_release);
    guanxi_catalog* catalog = nullptr;
    must(guanxi_catalog_read(session, &catalog, f.out()), f);
    keep("catalog", catalog, guanxi_catalog_release);
    guanxi_error* err = nullptr;
    EXPECT_EQ(guanxi_commit(session, &err), GUANXI_MISUSE);
    keep("error", err, guanxi_error_release);
    auto* stream = new ArrowArrayStream{};
    must(guanxi_result_arrow_stream(a, stream, f.out()), f);
    made_.push_back({"stream", [=] {
      stream->release(stream);
      delete stream;
    }});
  }

  const store& s_;
  std::vector<held> made_;
};

TEST(capi_release_order, is_tried_with_handles_of_every_kind) {
  const store s;
  std::set<std::string> kinds;
  for (const held& one : pile(s).make()) {
    kinds.insert("guanxi_" + std::string(one.kind) + "_release");
    one.release();
  }
  for (const every_export::exported& one : every_export::all)
    if (std::string_view(one.name).ends_with("_release")) {
      EXPECT_EQ(kinds.count(one.name), 1U) << one.name;
    }
}

TEST(capi_release_order, is_free) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const store s;
  for (int round = 0; round < 40; ++round) {
    std::vector<held> all = pile(s).make();
    std::shuffle(all.begin(), all.end(), random);
    for (const held& one : all) one.release();
  }
  EXPECT_EQ(guanxi_record_revision(s.account(s.li.get(), "Beta").get()), 1)
      << "a store whose session others were made of is whole";
}

}  // namespace
