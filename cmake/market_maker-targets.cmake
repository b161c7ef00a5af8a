# The imported targets of market-maker, the same file for the source tree, a build tree and an installation.
#
# Needs: MARKET_MAKER_INCLUDE_DIR, MARKET_MAKER_LIBRARY_DIR, MARKET_MAKER_STATIC_NAME, MARKET_MAKER_SHARED_NAME,
# MARKET_MAKER_SHARED_SONAME.
if(TARGET market_maker::static)
  return()
endif()

set(CMAKE_THREAD_PREFER_PTHREAD TRUE)
set(THREADS_PREFER_PTHREAD_FLAG TRUE)
find_package(Threads REQUIRED)

# Imported under plain names first, because a source tree adds dependencies to them.
add_library(market_maker_static STATIC IMPORTED GLOBAL)
set_target_properties(market_maker_static PROPERTIES
  IMPORTED_LOCATION "${MARKET_MAKER_LIBRARY_DIR}/${MARKET_MAKER_STATIC_NAME}"
  INTERFACE_INCLUDE_DIRECTORIES "${MARKET_MAKER_INCLUDE_DIR}")
# What rustc --print native-static-libs lists beyond the C library.
set_property(TARGET market_maker_static PROPERTY
  INTERFACE_LINK_LIBRARIES Threads::Threads ${CMAKE_DL_LIBS} "$<$<NOT:$<PLATFORM_ID:Darwin>>:m;gcc_s>")
# A shared library that contains the archive exports its own interface only.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set_property(TARGET market_maker_static PROPERTY
    INTERFACE_LINK_OPTIONS "LINKER:--exclude-libs,${MARKET_MAKER_STATIC_NAME}")
endif()

add_library(market_maker_shared SHARED IMPORTED GLOBAL)
set_target_properties(market_maker_shared PROPERTIES
  IMPORTED_LOCATION "${MARKET_MAKER_LIBRARY_DIR}/${MARKET_MAKER_SHARED_NAME}"
  IMPORTED_SONAME "${MARKET_MAKER_SHARED_SONAME}"
  INTERFACE_INCLUDE_DIRECTORIES "${MARKET_MAKER_INCLUDE_DIR}")

add_library(market_maker_default INTERFACE IMPORTED GLOBAL)
if(BUILD_SHARED_LIBS)
  set_property(TARGET market_maker_default PROPERTY INTERFACE_LINK_LIBRARIES market_maker_shared)
else()
  set_property(TARGET market_maker_default PROPERTY INTERFACE_LINK_LIBRARIES market_maker_static)
endif()

# Programs of the older C++ interface include "order_book.hpp" without a folder, and want C++17.
add_library(market_maker_compat INTERFACE IMPORTED GLOBAL)
set_target_properties(market_maker_compat PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${MARKET_MAKER_INCLUDE_DIR}/market_maker"
  INTERFACE_LINK_LIBRARIES market_maker_default
  INTERFACE_COMPILE_FEATURES cxx_std_17)

add_library(market_maker::static ALIAS market_maker_static)
add_library(market_maker::shared ALIAS market_maker_shared)
add_library(market_maker::market_maker ALIAS market_maker_default)
add_library(market_maker::compat ALIAS market_maker_compat)
