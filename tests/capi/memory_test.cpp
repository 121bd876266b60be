// Memory that runs out, at one allocation after another, within each kind of call: the throw that
// can come from anywhere. Nothing crosses the interface, nothing leaks, nothing half-done is kept.
#include "scarce_memory.hpp"
#include "shop.hpp"

#include <functional>
#include <string>

namespace {

using namespace shop;

/// Runs a call with its first allocation failing, then its second and so on, until it goes well.
/// Beyond the first hundred not every one is tried.
void starve(const char* what, const std::function<std::int32_t(guanxi_error**)>& call) {
  for (const bool all : {false, true}) {
    std::int32_t code = GUANXI_OUT_OF_MEMORY;
    for (long k = 0; code != GUANXI_OK; k += 1 + k / 100) {
      ASSERT_LT(k, 1'000'000) << what << " never goes well";
      guanxi_error* err = nullptr;
      scarce_memory::fail_after(k, all);
      code = call(&err);
      scarce_memory::fail_never();
      ASSERT_TRUE(code == GUANXI_OK || code == GUANXI_OUT_OF_MEMORY)
          << what << " at allocation " << k << ": " << guanxi_code_name(code) << ": "
          << guanxi_error_message(err, nullptr);
      guanxi_error_release(err);
    }
  }
}

/// A call that makes a handle, which is given up at once.
template <class Handle>
auto releasing(std::function<std::int32_t(Handle**, guanxi_error**)> call,
               void (*release)(Handle*)) {
  return [=](guanxi_error** err) {
    Handle* out = nullptr;
    const std::int32_t code = call(&out, err);
    EXPECT_EQ(out == nullptr, code != GUANXI_OK);
    release(out);
    return code;
  };
}

TEST(capi_memory, running_out_of_it_while_reading_is_an_error) {
  const store s;
  guanxi_session* li = s.li.get();
  const record acme = s.account(li, "Acme");
  const std::int64_t id = guanxi_record_id(acme.get());
  starve("get", releasing<guanxi_record>(
                    [&](auto out, auto e) { return guanxi_get(li, "account", nts, id, out, e); },
                    guanxi_record_release));
  starve("query", releasing<guanxi_result>(
                      [&](auto out, auto e) {
                        return guanxi_query(li, "select name, count() as n from account "
                                                "where name like 'A%' group by name",
                                            nts, nullptr, nullptr, out, e);
                      },
                      guanxi_result_release));
  starve("explain", releasing<guanxi_explanation>(
                        [&](auto out, auto e) {
                          return guanxi_explain(li, GUANXI_ACTION_EDIT, "account", nts, id, "name",
                                                nts, out, e);
                        },
                        guanxi_explanation_release));
  starve("history", releasing<guanxi_history>(
                        [&](auto out, auto e) {
                          return guanxi_history_read(li, "account", nts, id, out, e);
                        },
                        guanxi_history_release));
  starve("catalog", releasing<guanxi_catalog>(
                        [&](auto out, auto e) { return guanxi_catalog_read(li, out, e); },
                        guanxi_catalog_release));
  starve("draft", releasing<guanxi_draft>(
                      [&](auto out, auto e) {
                        return guanxi_draft_create(li, "lead", nts, out, e);
                      },
                      guanxi_draft_release));
  starve("as_user", releasing<guanxi_session>(
                        [&](auto out, auto e) {
                          return guanxi_as_user(s.crm.get(), "li", nts, out, e);
                        },
                        guanxi_session_release));
}

TEST(capi_memory, running_out_of_it_in_a_result_is_an_error) {
  const store s;
  s.account(s.li.get(), "A name that is too long to fit in a small string");
  const answer a = query(s.li.get(), "select name from account");
  starve("text", [&](auto e) {
    const char* text = nullptr;
    return guanxi_result_text(a.get(), 0, 0, &text, nullptr, e);
  });
  starve("json", releasing<guanxi_buffer>(
                     [&](auto out, auto e) { return guanxi_result_json(a.get(), out, e); },
                     guanxi_buffer_release));
  starve("arrow", [&](auto e) {
    ArrowArrayStream stream = {};
    const std::int32_t code = guanxi_result_arrow_stream(a.get(), &stream, e);
    if (stream.release) stream.release(&stream);
    return code;
  });
}

TEST(capi_memory, running_out_of_it_while_writing_writes_nothing) {
  const store s;
  const draft d = new_draft(s.li.get(), "opportunity");
  const std::string name(40, 'x');
  starve("set_text", [&](auto e) {
    return guanxi_draft_set_text(d.get(), "name", nts, name.data(), name.size(), e);
  });
  // Copying a variant that holds a long text is undefined in libstdc++ 12 when memory runs out.
  set(d, "name", "Tills");
  point(d, "stage", s.qualified);
  starve("set_money", [&](auto e) {
    return guanxi_draft_set_money(d.get(), "amount", nts, 100, 2, "USD", nts, e);
  });
  starve("create", releasing<guanxi_record>(
                       [&](auto out, auto e) {
                         return guanxi_create(s.li.get(), d.get(), nullptr, out, e);
                       },
                       guanxi_record_release));
  EXPECT_EQ(s.count("opportunity"), 2) << "once for each of the two ways of running out";
  EXPECT_EQ(s.count("stage_visit"), 2);
}

TEST(capi_memory, running_out_of_it_undoes_its_call_alone_within_a_transaction) {
  const store s;
  const draft d = new_draft(s.li.get(), "opportunity");
  set(d, "name", "Tills");
  point(d, "stage", s.qualified);
  fault f;
  ASSERT_EQ(guanxi_begin(s.li.get(), f.out()), GUANXI_OK);
  starve("create", [&](auto e) {
    return guanxi_create(s.li.get(), d.get(), nullptr, nullptr, e);
  });
  ASSERT_EQ(guanxi_commit(s.li.get(), f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(s.count("opportunity"), 2);
  EXPECT_EQ(s.count("stage_visit"), 2);
}

}  // namespace
