#include "guanxi/base/environment.hpp"

#include <chrono>

namespace guanxi {

namespace {

// The one place that reads the wall clock; a host that wants another clock replaces it.
class system_clock final : public guanxi::clock {
 public:
  instant now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
  }
};

}  // namespace

environment default_environment() {
  return {std::make_shared<system_clock>(), make_text_services(), {}, make_time_zones()};
}

}  // namespace guanxi
