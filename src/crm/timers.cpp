#include "timers.hpp"

#include "guanxi/crm/standard.hpp"

#include <utility>

namespace guanxi::crm {

std::vector<work::timer> timers() {
  std::vector<work::timer> out = activity_timers();
  for (work::timer& t : ticket_timers()) out.push_back(std::move(t));
  return out;
}

}  // namespace guanxi::crm
