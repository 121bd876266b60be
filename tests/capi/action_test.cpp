// Actions and what is due, from C.
#include "shop.hpp"

namespace {

using namespace shop;

parameters about(const char* name, std::int64_t id) {
  fault f;
  guanxi_parameters* out = nullptr;
  must(guanxi_parameters_create(&out, f.out()), f);
  must(guanxi_parameters_set_integer(out, name, nts, id, f.out()), f);
  return parameters(out);
}

std::int64_t a_lead(const store& s) {
  const draft d = new_draft(s.li.get(), "lead");
  set(d, "name", "王芳");
  set(d, "company", "Lotus");
  return guanxi_record_id(create(s.li.get(), d).get());
}

std::string text_at(const answer& a, const char* column, std::int64_t row) {
  fault f;
  std::int32_t at = -1;
  must(guanxi_result_column(a.get(), column, nts, &at, f.out()), f);
  const char* out = nullptr;
  must(guanxi_result_text(a.get(), row, at, &out, nullptr, f.out()), f);
  return out ? out : "null";
}

TEST(capi_action, runs_and_is_previewed) {
  const store s;
  fault f;
  const std::int64_t lead = a_lead(s);
  const parameters with = about("lead", lead);
  guanxi_invoke_options how = {};
  how.struct_size = sizeof how;
  how.preview = 1;
  guanxi_result* out = nullptr;
  must(guanxi_invoke(s.li.get(), "lead.convert", nts, with.get(), &how, &out, f.out()), f);
  const answer planned(out);
  EXPECT_GT(guanxi_result_row_count(planned.get()), 5);
  EXPECT_EQ(text_at(planned, "entity", 0), "account");
  EXPECT_EQ(text_at(planned, "after", 0), "Lotus");
  EXPECT_EQ(s.count("account"), 0);
  how.preview = 0;
  how.cause = "fair";
  how.cause_length = nts;
  must(guanxi_invoke(s.li.get(), "lead.convert", 12, with.get(), &how, &out, f.out()), f);
  const answer made(out);
  EXPECT_EQ(guanxi_result_row_count(made.get()), 1);
  EXPECT_EQ(s.count("account"), 1);
  EXPECT_EQ(s.count("contact"), 1);
}

TEST(capi_action, is_refused_with_a_code_and_a_place) {
  const store s;
  fault f;
  guanxi_result* out = nullptr;
  const auto told = [&](const char* name, const guanxi_parameters* with) {
    return guanxi_invoke(s.li.get(), name, nts, with, nullptr, &out, f.out());
  };
  EXPECT_EQ(told("lead.convrt", nullptr), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(f.message(), "no action `lead.convrt`; did you mean `lead.convert`?");
  EXPECT_EQ(told("lead.convert", nullptr), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(f.field(), "lead");
  EXPECT_EQ(told("lead.convert", about("lead", 999).get()), GUANXI_NOT_FOUND);
  EXPECT_EQ(told("lead.convert", about("leads", 1).get()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_invoke(s.li.get(), nullptr, 0, nullptr, nullptr, &out, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(out, nullptr);
}

TEST(capi_action, is_listed_with_what_it_takes) {
  const store s;
  fault f;
  guanxi_result* out = nullptr;
  must(guanxi_session_actions(s.li.get(), &out, f.out()), f);
  const answer all(out);
  bool found = false;
  for (std::int64_t i = 0; i < guanxi_result_row_count(all.get()); ++i)
    found = found || (text_at(all, "action", i) == "lead.convert" &&
                      text_at(all, "name", i) == "lead" && text_at(all, "target", i) == "lead");
  EXPECT_TRUE(found);
}

TEST(capi_action, what_is_due_runs_at_a_tick) {
  const store s;
  fault f;
  const draft d = new_draft(s.li.get(), "activity");
  set(d, "subject", "Call");
  set(d, "remind_at", "2026-01-05T08:00:00Z");
  create(s.li.get(), d);
  set(d, "remind_at", "2026-01-05T10:00:00Z");
  create(s.li.get(), d);
  guanxi_tick_report report = {};
  report.struct_size = sizeof report;
  guanxi_buffer* failures = nullptr;
  must(guanxi_tick(s.crm.get(), nullptr, nullptr, nullptr, &report, &failures, f.out()), f);
  EXPECT_STREQ(guanxi_buffer_data(failures, nullptr), "[]");
  guanxi_buffer_release(failures);
  EXPECT_EQ(report.ran, 1);
  EXPECT_EQ(report.more, 0);
  EXPECT_EQ(report.has_next, 1);
  EXPECT_EQ(report.next, store::now + 3'600'000'000);
  EXPECT_EQ(report.failed, 0);
  EXPECT_EQ(s.count("notification"), 1);
  guanxi_tick_options how = {};
  how.struct_size = sizeof how;
  how.at_most = -1;
  EXPECT_EQ(guanxi_tick(s.crm.get(), &how, nullptr, nullptr, nullptr, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
  how.at_most = 1'000'001;
  EXPECT_EQ(guanxi_tick(s.crm.get(), &how, nullptr, nullptr, nullptr, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
}

}  // namespace
