// The environment: what the library sees of the world, given by callbacks of the host.
#include "bodies.hpp"
#include "handles.hpp"
#include "values.hpp"

namespace guanxi::capi::body {
namespace {

/// What a callback needs, given up with the last thing that may call it.
struct held {
  void* user = nullptr;
  guanxi_release_callback release = nullptr;

  held() = default;
  held(const held&) = delete;
  held& operator=(const held&) = delete;
  ~held() {
    if (release) shelter([&] { release(user); });
  }
};

class host_clock final : public guanxi::clock {
 public:
  host_clock(guanxi_clock_callback now, std::shared_ptr<held> with)
      : now_(now), with_(std::move(with)) {}
  instant now() const override { return instant_value(now_(with_->user)).as_instant(); }

 private:
  guanxi_clock_callback now_;
  std::shared_ptr<held> with_;
};

}  // namespace

std::unique_ptr<guanxi_environment> environment_create() {
  return std::make_unique<guanxi_environment>(guanxi_environment{default_environment(), {}});
}

void environment_set_clock(guanxi_environment& environment, guanxi_clock_callback now, void* user,
                           guanxi_release_callback release) {
  auto with = std::make_shared<held>();
  environment.content.clock = std::make_shared<host_clock>(now, with);
  with->user = user;
  with->release = release;  // from here on nothing fails
}

}  // namespace guanxi::capi::body
