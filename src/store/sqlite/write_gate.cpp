#include "write_gate.hpp"

#include "store/shown_path.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <thread>
#include <utility>

namespace guanxi::store::sqlite {

bool may_lose_at_reset(int version) noexcept {
  struct branch {
    int from, fixed;
  };
  constexpr branch branches[] = {{3'044'000, 3'044'006}, {3'050'000, 3'050'007},
                                 {3'051'000, 3'051'003}};
  for (const branch& each : branches)
    if (version >= each.fixed && version < each.from + 1000) return false;
  return version < 3'051'003;
}

write_gate::~write_gate() {
  if (file_ < 0) return;
  // The last one out takes the file along; whoever waits for it will see that it is gone.
  if (inside_ || ::flock(file_, LOCK_EX | LOCK_NB) == 0) ::unlink(path_.c_str());
  ::close(file_);
}

result<bool> write_gate::try_once() {
  const auto failed = [this] {
    const int code = errno;
    return unexpected(error(errc::store_io, "could not lock " + shown(path_) + ": " +
                                                std::generic_category().message(code) +
                                                "; check the permissions of file and folder")
                          .with_store_code(code));
  };
  if (file_ < 0) file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) return failed();
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0)
    return errno == EWOULDBLOCK || errno == EINTR ? result<bool>(false) : failed();
  struct stat ours = {};
  if (::fstat(file_, &ours) != 0) return failed();
  if (ours.st_nlink > 0) return true;
  ::close(std::exchange(file_, -1));
  return false;
}

result<void> write_gate::enter() {
  if (path_.empty() || inside_) return {};
  // Counted sleeps, as SQLite does: the library reads no clock.
  constexpr int first_us = 100, longest_us = 5000;
  const std::int64_t most_us = std::int64_t{timeout_ms_} * 1000;
  std::int64_t slept_us = 0;
  for (int pause_us = first_us;; pause_us = std::min(2 * pause_us, longest_us)) {
    result<bool> got = try_once();
    if (!got) return passed(got);
    if (*got) break;
    if (slept_us >= most_us)
      return unexpected(error(errc::busy, "another process is writing to the store; nothing was "
                                          "written, try again")
                            .set_retriable(true));
    std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
    slept_us += pause_us;
  }
  inside_ = true;
  return {};
}

void write_gate::leave() noexcept {
  if (inside_) ::flock(file_, LOCK_UN);
  inside_ = false;
}

}  // namespace guanxi::store::sqlite
