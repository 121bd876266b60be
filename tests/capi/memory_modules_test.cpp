// Memory that runs out while a module is put together, and within what its callbacks call.
#include "starving.hpp"

#include <functional>
#include <string>

namespace {

using namespace shop;
using namespace starving;
using starved = starved_in<int>;
using lent_module = owner<guanxi_module, guanxi_module_release>;

constexpr const char* visit =
    R"({"name": "x_visit", "fields": [{"name": "x_place", "type": "text"},
        {"name": "x_before", "type": "reference", "target": "x_visit"}]})";

/// What runs inside the callbacks; what they ask for is undone afterwards.
struct inner {
  std::function<void(guanxi_call*)> action = {}, timer = {};
  std::function<void(guanxi_reaction*)> effect = {};
};

void say(const char*& text, std::size_t& length, const char* what) {
  text = what;
  length = nts;
}

template <class Struct>
Struct named(const char* name) {
  Struct out = {};
  out.struct_size = sizeof out;
  say(out.name, out.name_length, name);
  say(out.entity, out.entity_length, "x_visit");
  return out;
}

guanxi_module_action action() {
  auto out = named<guanxi_module_action>("x_visit.plan");
  say(out.parameters, out.parameters_length, R"([{"name": "place", "type": "text"}])");
  say(out.results, out.results_length, R"([{"name": "place", "type": "text"}])");
  out.run = [](void* self, guanxi_call* call) -> std::int32_t {
    static_cast<inner*>(self)->action(call);
    return GUANXI_VALIDATION;
  };
  return out;
}

guanxi_module_timer timer() {
  auto out = named<guanxi_module_timer>("x_visit.end");
  say(out.due, out.due_length, "created_at");
  out.run = [](void* self, guanxi_call* call) -> std::int32_t {
    if (static_cast<inner*>(self)->timer) static_cast<inner*>(self)->timer(call);
    return GUANXI_VALIDATION;
  };
  return out;
}

guanxi_module_effect effect() {
  auto out = named<guanxi_module_effect>("x_visit.loud");
  say(out.paths, out.paths_length, R"(["x_before.x_place"])");
  say(out.queries, out.queries_length, R"(["select x_place from x_visit where id <> :id"])");
  say(out.writes, out.writes_length, R"(["x_place", "activity.subject"])");
  out.run = [](void* self, guanxi_reaction* reaction) -> std::int32_t {
    if (!static_cast<inner*>(self)->effect) return GUANXI_OK;
    static_cast<inner*>(self)->effect(reaction);
    return GUANXI_VALIDATION;
  };
  return out;
}

lent_module new_module() {
  fault f;
  guanxi_module* out = nullptr;
  must(guanxi_module_create("desk", nts, &out, f.out()), f);
  return lent_module(out);
}

/// A store with the module and one visit, whose name fits in no small string.
struct room {
  explicit room(inner& of) {
    fault f;
    const lent_module desk = new_module();
    const auto a = action();
    const auto t = timer();
    const auto e = effect();
    must(guanxi_module_add_entity(desk.get(), visit, nts, f.out()), f);
    must(guanxi_module_add_action(desk.get(), &a, &of, f.out()), f);
    must(guanxi_module_add_timer(desk.get(), &t, &of, f.out()), f);
    must(guanxi_module_add_effect(desk.get(), &e, &of, f.out()), f);
    guanxi_environment* made = nullptr;
    must(guanxi_environment_create(&made, f.out()), f);
    const environment world(made);
    must(guanxi_environment_add_module(made, desk.get(), f.out()), f);
    guanxi_tenant* opened = nullptr;
    must(guanxi_open(made, ":memory:", nts, nullptr, &opened, f.out()), f);
    crm.reset(opened);
    guanxi_session* s = nullptr;
    must(guanxi_as_user(opened, "admin", nts, &s, f.out()), f);
    admin.reset(s);
    const draft d = new_draft(s, "x_visit");
    set(d, "x_place", "a place of a long name, which fits nowhere");
    key = guanxi_record_id(create(s, d).get());
  }
  tenant crm;
  session admin;
  std::int64_t key = 0;
};

/// Starves a call inside an action.
template <class Call>
void in_action(Call&& one) {
  inner of;
  const room in(of);
  of.action = [&](guanxi_call* call) { one(call, in.key); };
  fault f;
  guanxi_result* out = nullptr;
  EXPECT_EQ(guanxi_invoke(in.admin.get(), "x_visit.plan", nts, nullptr, nullptr, &out, f.out()),
            GUANXI_VALIDATION);
  EXPECT_EQ(faults_of(in.crm.get()), 0);
}

/// Starves a call inside an effect.
template <class Call>
void in_effect(Call&& one) {
  inner of;
  const room in(of);
  of.effect = [&](guanxi_reaction* reaction) { one(reaction, in.key); };
  const draft d = new_draft(in.admin.get(), "x_visit");
  set(d, "x_place", "another place");
  fault f;
  EXPECT_EQ(guanxi_change(in.admin.get(), in.key, d.get(), nullptr, nullptr, f.out()),
            GUANXI_VALIDATION);
  EXPECT_EQ(faults_of(in.crm.get()), 0);
}

draft draft_in(guanxi_call* call) {
  fault f;
  guanxi_draft* out = nullptr;
  must(guanxi_call_draft(call, "x_visit", nts, &out, f.out()), f);
  draft kept(out);
  set(kept, "x_place", "a third place of a long name, which fits nowhere");
  return kept;
}

guanxi_value blank() {
  guanxi_value out = {};
  out.struct_size = sizeof out;
  return out;
}

template <class Get>
void starve_record(Get get) {
  starve(releasing<guanxi_record>(get, guanxi_record_release));
}
template <class Get>
void starve_result(Get get) {
  starve(releasing<guanxi_result>(get, guanxi_result_release));
}

const starved rows[] = {
    {"guanxi_module_create", [](const int&) {
       starve(releasing<guanxi_module>(
           [](auto out, auto e) {
             return guanxi_module_create("a module of a name that is long", nts, out, e);
           },
           guanxi_module_release));
     }},
    {"guanxi_module_add_entity", [](const int&) {
       lent_module in;
       starve([&](auto e) { return guanxi_module_add_entity(in.get(), visit, nts, e); },
              {.before = [&] { in = new_module(); }});
     }},
    {"guanxi_module_add_action", [](const int&) {
       lent_module in;
       const auto row = action();
       starve([&](auto e) { return guanxi_module_add_action(in.get(), &row, nullptr, e); },
              {.before = [&] { in = new_module(); }});
     }},
    {"guanxi_module_add_timer", [](const int&) {
       lent_module in;
       const auto row = timer();
       starve([&](auto e) { return guanxi_module_add_timer(in.get(), &row, nullptr, e); },
              {.before = [&] { in = new_module(); }});
     }},
    {"guanxi_module_add_effect", [](const int&) {
       lent_module in;
       const auto row = effect();
       starve([&](auto e) { return guanxi_module_add_effect(in.get(), &row, nullptr, e); },
              {.before = [&] { in = new_module(); }});
     }},
    {"guanxi_environment_add_module", [](const int&) {
       const lent_module in = new_module();
       fault f;
       must(guanxi_module_add_entity(in.get(), visit, nts, f.out()), f);
       environment to;
       starve([&](auto e) { return guanxi_environment_add_module(to.get(), in.get(), e); },
              {.before = [&] {
                guanxi_environment* made = nullptr;
                must(guanxi_environment_create(&made, f.out()), f);
                to.reset(made);
              }});
     }},
};

const starved calls[] = {
    {"guanxi_call_argument", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         starve([&](auto e) {
           guanxi_value v = blank();
           return guanxi_call_argument(call, "place", nts, &v, e);
         });
       });
     }},
    {"guanxi_call_record", [](const int&) {
       inner of;
       const room in(of);
       int ran = 0;
       of.timer = [&](guanxi_call* call) {
         ++ran;
         starve_record([call](auto out, auto e) { return guanxi_call_record(call, out, e); });
       };
       fault f;
       must(guanxi_tick(in.crm.get(), nullptr, nullptr, nullptr, nullptr, nullptr, f.out()), f);
       EXPECT_EQ(ran, 1);
     }},
    {"guanxi_call_query", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         starve_result([call](auto out, auto e) {
           return guanxi_call_query(call, "select x_place from x_visit", nts, nullptr, out, e);
         });
       });
     }},
    {"guanxi_call_query_all", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         starve_result([call](auto out, auto e) {
           return guanxi_call_query_all(call, "select x_place from x_visit", nts, nullptr, out, e);
         });
       });
     }},
    {"guanxi_call_get", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t key) {
         starve_record([=](auto out, auto e) {
           return guanxi_call_get(call, "x_visit", nts, key, out, e);
         });
       });
     }},
    {"guanxi_call_get_all", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t key) {
         starve_record([=](auto out, auto e) {
           return guanxi_call_get_all(call, "x_visit", nts, key, out, e);
         });
       });
     }},
    {"guanxi_call_need", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t key) {
         starve([=](auto e) {
           return guanxi_call_need(call, GUANXI_ACTION_EDIT, "x_visit", nts, key, e);
         });
       });
     }},
    {"guanxi_call_draft", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         starve(releasing<guanxi_draft>(
             [call](auto out, auto e) { return guanxi_call_draft(call, "x_visit", nts, out, e); },
             guanxi_draft_release));
       });
     }},
    {"guanxi_call_create", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         const draft d = draft_in(call);
         starve([&](auto e) {
           return guanxi_call_create(call, d.get(), GUANXI_AUTHORITY_USER, nullptr, e);
         });
       });
     }},
    {"guanxi_call_change", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t key) {
         const draft d = draft_in(call);
         starve([&](auto e) {
           return guanxi_call_change(call, key, d.get(), GUANXI_AUTHORITY_USER, nullptr, e);
         });
       });
     }},
    {"guanxi_call_delete", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t key) {
         starve([=](auto e) {
           return guanxi_call_delete(call, "x_visit", nts, key, GUANXI_AUTHORITY_USER, e);
         });
       });
     }},
    {"guanxi_call_tie", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         const draft d = draft_in(call);
         std::int32_t first = -1, second = -1;
         fault f;
         must(guanxi_call_create(call, d.get(), GUANXI_AUTHORITY_USER, &first, f.out()), f);
         must(guanxi_call_create(call, d.get(), GUANXI_AUTHORITY_USER, &second, f.out()), f);
         starve([&](auto e) { return guanxi_call_tie(call, second, "x_before", nts, first, e); });
       });
     }},
    {"guanxi_call_answer", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         const guanxi_value v = a_text("a text that is too long to fit in a small string");
         starve([&](auto e) { return guanxi_call_answer(call, &v, 1, e); });
       });
     }},
    {"guanxi_call_answer_step", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         const draft d = draft_in(call);
         const guanxi_value v = blank();
         fault f;
         must(guanxi_call_create(call, d.get(), GUANXI_AUTHORITY_USER, nullptr, f.out()), f);
         must(guanxi_call_answer(call, &v, 1, f.out()), f);
         starve([&](auto e) { return guanxi_call_answer_step(call, 0, 0, e); });
       });
     }},
    {"guanxi_call_explain", [](const int&) {
       in_action([](guanxi_call* call, std::int64_t) {
         starve([&](auto e) {
           return guanxi_call_explain(call, "an explanation that fits in no small string", nts,
                                      "x_visit", nts, nullptr, 0, e);
         });
       });
     }},
};

const starved reactions[] = {
    {"guanxi_reaction_before", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         starve([&](auto e) {
           guanxi_value v = blank();
           return guanxi_reaction_before(in, "x_place", nts, &v, e);
         });
       });
     }},
    {"guanxi_reaction_after", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         starve([&](auto e) {
           guanxi_value v = blank();
           return guanxi_reaction_after(in, "x_place", nts, &v, e);
         });
       });
     }},
    {"guanxi_reaction_path", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         starve([&](auto e) {
           guanxi_value v = blank();
           return guanxi_reaction_path(in, 0, &v, e);
         });
       });
     }},
    {"guanxi_reaction_query", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         starve_result([in](auto out, auto e) { return guanxi_reaction_query(in, 0, out, e); });
       });
     }},
    {"guanxi_reaction_set", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         const guanxi_value v = a_text("a text that is too long to fit in a small string");
         starve([&](auto e) { return guanxi_reaction_set(in, "x_place", nts, &v, e); });
       });
     }},
    {"guanxi_reaction_draft", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         starve(releasing<guanxi_draft>(
             [in](auto out, auto e) { return guanxi_reaction_draft(in, "activity", nts, out, e); },
             guanxi_draft_release));
       });
     }},
    {"guanxi_reaction_create", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         fault f;
         guanxi_draft* made = nullptr;
         must(guanxi_reaction_draft(in, "activity", nts, &made, f.out()), f);
         const draft d(made);
         starve([&](auto e) { return guanxi_reaction_create(in, made, e); });
       });
     }},
    {"guanxi_reaction_change", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t key) {
         fault f;
         guanxi_draft* made = nullptr;
         must(guanxi_reaction_draft(in, "x_visit", nts, &made, f.out()), f);
         const draft d(made);
         starve([&](auto e) { return guanxi_reaction_change(in, key, made, e); });
       });
     }},
    {"guanxi_reaction_explain", [](const int&) {
       in_effect([](guanxi_reaction* in, std::int64_t) {
         starve([&](auto e) {
           return guanxi_reaction_explain(in, "an explanation that fits in no small string", nts,
                                          nullptr, 0, "x_place", nts, e);
         });
       });
     }},
};

std::vector<starved> all_modules() {
  std::vector<starved> out;
  const auto add = [&](const auto& some) {
    out.insert(out.end(), std::begin(some), std::end(some));
  };
  add(rows);
  add(calls);
  add(reactions);
  return out;
}

class capi_memory_modules : public testing::TestWithParam<starved> {};

TEST_P(capi_memory_modules, do_it_or_say_so) { GetParam().run(0); }

INSTANTIATE_TEST_SUITE_P(of, capi_memory_modules, testing::ValuesIn(all_modules()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace

namespace starving {
std::vector<std::string_view> starved_modules() { return names_of(all_modules()); }
}  // namespace starving
