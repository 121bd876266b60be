#include "guanxi/schema/step-inl.hpp"
