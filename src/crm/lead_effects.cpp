// Leads. Rule: a converted lead keeps what it was, and is read-only; only its owner may change.
#include "effects.hpp"
#include "guanxi/crm/standard.hpp"

#include <algorithm>

namespace guanxi::crm {

namespace {

work::effect read_only_once_converted() {
  return {.name = "lead.read_only_once_converted",
          .entity = "lead",
          .on = work::updated,
          .when = [](const work::change& c) {
            return c.before && (*c.before)[lead::status] == "converted" &&
                   std::any_of(c.touched.begin(), c.touched.end(), [](std::uint16_t slot) {
                     return slot >= schema::system_slot::count &&
                            slot != lead::last_activity_at.slot();
                   });
          },
          .run = [](const work::change& c, const work::reads&, work::output& out) {
            out.refuse(error(errc::validation,
                             "this `lead` is converted, which makes it read-only; change the "
                             "account, contact or opportunity that it has become")
                           .in_entity("lead")
                           .of_record(c.after->key().value));
          }};
}

}  // namespace

std::vector<work::effect> lead_effects() { return {read_only_once_converted()}; }

}  // namespace guanxi::crm
