// What holds for every export; the table of them is generated, so that a new one is in it.
#include "every_export.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(capi_every_export, refuses_null_where_something_is_needed) {
  for (const every_export::exported& one : every_export::all) {
    if (!one.fails) continue;
    guanxi_error* err = nullptr;
    EXPECT_EQ(one.fails(&err), GUANXI_INVALID_ARGUMENT) << one.name;
    EXPECT_NE(std::string(guanxi_error_message(err, nullptr)).find("is NULL"), std::string::npos)
        << one.name << ": " << guanxi_error_message(err, nullptr);
    guanxi_error_release(err);
  }
}

TEST(capi_every_export, that_cannot_fail_takes_null_for_its_handle) {
  for (const every_export::exported& one : every_export::all) {
    if (!one.gives_nothing || !one.takes_handle) continue;
    EXPECT_TRUE(one.gives_nothing()) << one.name;
  }
}

TEST(capi_every_export, is_one_of_few) {
  // About 120 for records, queries and schema; what a host trusts a store with (transactions, the
  // change log and its feed, keeping, stores of its own and what these are asked) and what a
  // vendor's module is told and asked come on top.
  EXPECT_GE(std::size(every_export::all), 100U);
  EXPECT_LE(std::size(every_export::all), 250U)
      << "the interface speaks schema, not entities: does it need so many?";
}

}  // namespace
