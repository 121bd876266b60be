#include "sample.hpp"

#include <gtest/gtest.h>

namespace {
using namespace sample;

error refusal(const field_definition& f, bool custom_entity = false) {
  const auto good = check(f, custom_entity);
  return good ? error() : good.error();
}

TEST(definition, carries_everything_of_its_row) {
  const field_definition f = define(deal::fields[5]);
  EXPECT_EQ(f.name, "stage");
  EXPECT_EQ(f.type, kind::choice);
  EXPECT_EQ(f.label_zh, "阶段");
  ASSERT_EQ(f.choices.size(), 3u);
  EXPECT_EQ(f.choices[1].code, "won");
  EXPECT_EQ(f.choices[1].label_zh, "赢单");
  EXPECT_FALSE(f.custom);
  EXPECT_EQ(define(deal::fields[4]).scale, 4);
  const entity_definition e = define(account::entity);
  EXPECT_EQ(e.plural_en, "Accounts");
  EXPECT_EQ(e.fields.size(), 5u);
  EXPECT_EQ(e.fields[1].target, "account");
  EXPECT_FALSE(e.custom);
}

TEST(definition, refuses_bad_names) {
  for (const char* name : {"", "X_a", "1a", "_a", "x_a-b", "x_é", "x_a b", "x_a\"b"}) {
    const error why = refusal({.name = name});
    EXPECT_EQ(why.code(), errc::invalid_argument) << name;
    EXPECT_EQ(why.field(), name);
  }
  EXPECT_EQ(refusal({.name = "x_" + std::string(46, 'a')}).code(), errc::ok);
  EXPECT_EQ(refusal({.name = "x_" + std::string(47, 'a')}).code(), errc::invalid_argument);
  EXPECT_EQ(check(entity_definition{.name = "x_Visit"}).error().code(), errc::invalid_argument);
}

TEST(definition, keeps_custom_names_apart_from_standard_ones) {
  const error field = refusal({.name = "margin"});
  EXPECT_EQ(field.message(), "the custom field `margin` must be named `x_margin`, as every custom "
                             "field of a standard entity begins with x_");
  EXPECT_EQ(refusal({.name = "margin"}, true).code(), errc::ok);
  EXPECT_EQ(refusal({.name = "margin", .custom = false}).code(), errc::ok);
  EXPECT_EQ(refusal({.name = "x_"}).code(), errc::invalid_argument);
  const auto entity = check(entity_definition{.name = "visit"});
  ASSERT_FALSE(entity);
  EXPECT_EQ(entity.error().entity(), "visit");
  EXPECT_EQ(entity.error().code(), errc::invalid_argument);
}

TEST(definition, refuses_the_name_of_a_system_field) {
  const error why = refusal({.name = "owner"}, true);
  EXPECT_EQ(why.code(), errc::invalid_argument);
  EXPECT_EQ(why.message(), "every record has a field `owner` already; choose another name");
}

TEST(definition, refuses_what_its_kind_cannot_hold) {
  const auto code = [](field_definition f) { return refusal(f).code(); };
  EXPECT_EQ(code({.name = "x_a", .type = kind::decimal, .scale = 18}), errc::ok);
  EXPECT_EQ(code({.name = "x_a", .type = kind::decimal, .scale = 19}), errc::invalid_argument);
  EXPECT_EQ(refusal({.name = "x_a", .type = kind::reference}).message(),
            "the reference `x_a` has no target; name an entity");
  EXPECT_EQ(code({.name = "x_a", .target = "account"}), errc::invalid_argument);
  EXPECT_EQ(code({.name = "x_a", .type = kind::choice}), errc::invalid_argument);
  EXPECT_EQ(code({.name = "x_a", .choices = {{"one", "", ""}}}), errc::invalid_argument);
  EXPECT_EQ(code({.name = "x_a", .type = kind::choice, .choices = {{"a", "", ""}, {"a", "", ""}}}),
            errc::invalid_argument);
  EXPECT_EQ(code({.name = "x_a", .type = static_cast<kind>(77)}), errc::invalid_argument);
  EXPECT_EQ(code({.name = "x_a", .flags = 1u << 20}), errc::invalid_argument);
  EXPECT_EQ(code({.name = "x_a", .label_en = "\xff"}), errc::invalid_argument);
}

TEST(definition, comes_back_from_json_unchanged) {
  for (const entity_definition& e : definitions()) {
    const auto again = entity_from_json(to_json(e));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(*again, e);
    for (const field_definition& f : e.fields) EXPECT_EQ(field_from_json(to_json(f)).value(), f);
  }
  const field_definition every{.name = "x_a", .type = kind::money, .label_en = "A \"quoted\"",
                               .label_zh = "甲", .flags = required | unique | indexed | title |
                                                          derived | tracked | searchable,
                               .scale = 0, .initial = "1 + 1"};
  EXPECT_EQ(field_from_json(to_json(every)).value(), every);
}

TEST(definition, reads_json_of_a_custom_field) {
  const field_definition f =
      field_from_json(R"({"name": "x_margin", "type": "money", "required": true, "indexed": false,
                          "label": {"en": "Margin", "zh": "毛利"}, "scale": 4})")
          .value();
  EXPECT_EQ(f.name, "x_margin");
  EXPECT_EQ(f.type, kind::money);
  EXPECT_EQ(f.label_zh, "毛利");
  EXPECT_EQ(f.flags, static_cast<std::uint32_t>(required));
  EXPECT_EQ(f.scale, 4);
  EXPECT_TRUE(f.custom);
}

TEST(definition, names_an_unknown_json_key_and_the_nearest_known_one) {
  const auto field = field_from_json(R"({"name": "x_a", "type": "text", "requierd": true})");
  ASSERT_FALSE(field);
  EXPECT_EQ(field.error().code(), errc::unknown_name);
  EXPECT_EQ(field.error().message(), "no key `requierd` in a field; did you mean `required`?");
  EXPECT_EQ(field.error().field(), "x_a");
  const auto label = field_from_json(R"({"name": "x_a", "type": "text", "label": {"de": "A"}})");
  ASSERT_FALSE(label);
  EXPECT_EQ(label.error().code(), errc::unknown_name);
  const auto entity = entity_from_json(R"({"name": "x_v", "feilds": []})");
  ASSERT_FALSE(entity);
  EXPECT_EQ(entity.error().message(), "no key `feilds` in an entity; did you mean `fields`?");
}

TEST(definition, refuses_malformed_json) {
  const auto code = [](const char* text) {
    const auto read = field_from_json(text);
    return read ? errc::ok : read.error().code();
  };
  EXPECT_EQ(code("{"), errc::parse);
  EXPECT_EQ(code("[]"), errc::invalid_argument);
  EXPECT_EQ(code(R"({"type": "text"})"), errc::invalid_argument);
  EXPECT_EQ(code(R"({"name": "x_a"})"), errc::invalid_argument);
  EXPECT_EQ(code(R"({"name": "x_a", "type": "txt"})"), errc::unknown_name);
  EXPECT_EQ(code(R"({"name": "x_a", "type": "text", "unique": "yes"})"), errc::invalid_argument);
  for (const char* scale : {"19", "-1", "1.5", "\"2\"", "200", "1e1"})
    EXPECT_EQ(code((R"({"name": "x_a", "type": "decimal", "scale": )" + std::string(scale) + "}")
                       .c_str()),
              errc::invalid_argument)
        << scale;
  const auto nested = entity_from_json(
      R"({"name": "x_v",
          "fields": [{"name": "a", "type": "choice", "choices": [{"label": {}}]}]})");
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().entity(), "x_v");
  EXPECT_EQ(nested.error().field(), "a");
}

}  // namespace
