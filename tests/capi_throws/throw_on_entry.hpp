// What every export of this program does first: it throws what a test says.
#pragma once

namespace guanxi::capi {

void throw_on_entry();

}  // namespace guanxi::capi
