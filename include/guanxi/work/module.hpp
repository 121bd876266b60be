// Modules: what a vendor adds to the CRM, by the same rows as the standard one.
//
//   auto desk = std::make_shared<work::module>();
//   desk->actions = {…};   open("shop.gx", {.modules = {desk}});
//
// Thread rule: immutable once a store was opened with it.
#pragma once

#include "guanxi/schema/definition.hpp"
#include "guanxi/work/action.hpp"
#include "guanxi/work/effect.hpp"
#include "guanxi/work/timer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace guanxi::work {

struct module {
  std::string name = {};
  /// Added to a store that does not have them when it is opened.
  std::vector<schema::entity_definition> entities = {};
  std::vector<effect> effects = {};
  std::vector<action> actions = {};
  std::vector<timer> timers = {};
};
using module_ptr = std::shared_ptr<const module>;

}  // namespace guanxi::work
