// The standard CRM as a whole: its definitions and its effects.
//
//   auto s = store::open(driver, crm::definitions(), world);   effect_set::install(crm::effects(),
//   …);
#pragma once

#include "guanxi/crm/assignment.hpp"
#include "guanxi/crm/currencies.hpp"
#include "guanxi/crm/customers.hpp"
#include "guanxi/crm/forecasting.hpp"
#include "guanxi/crm/organisation.hpp"
#include "guanxi/crm/queues.hpp"
#include "guanxi/crm/sales.hpp"
#include "guanxi/crm/service.hpp"
#include "guanxi/crm/sharing.hpp"
#include "guanxi/crm/territories.hpp"
#include "guanxi/schema/definition.hpp"
#include "guanxi/work/module.hpp"

#include <vector>

namespace guanxi::crm {

/// The rows of every standard entity, in the order of the catalog.
std::span<const schema::entity_row* const> rows();
std::vector<schema::entity_definition> definitions();

/// The effects of the standard CRM; a vendor's module installs its own beside them.
std::vector<work::effect> effects();
/// Its actions (docs/actions.md).
std::vector<work::action> actions();
/// Its timers (docs/tick.md).
std::vector<work::timer> timers();

}  // namespace guanxi::crm
