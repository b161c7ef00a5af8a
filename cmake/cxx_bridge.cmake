# Builds the archive with the feature cxx and fetches it and its generated headers out of cargo's folders, whose names only cargo
# knows: it tells them in its messages. What has not changed keeps its time.
#   cmake -DCARGO=... -DSOURCE=... -DTARGET_DIR=... -DPROFILE=... -DFLAGS=... -DOUTPUT=... -DARCHIVE=... -P cxx_bridge.cmake
# writes the archive to ARCHIVE and the headers to OUTPUT/include.
separate_arguments(FLAGS NATIVE_COMMAND "${FLAGS}")
set(messages "${OUTPUT}/cargo.jsonl")
set(ENV{CARGO_TARGET_DIR} "${TARGET_DIR}")
execute_process(
  COMMAND "${CARGO}" build --locked --lib --package market-maker --features market-maker/cxx --profile "${PROFILE}"
          --message-format json-render-diagnostics ${FLAGS}
  WORKING_DIRECTORY "${SOURCE}"
  OUTPUT_FILE "${messages}"
  COMMAND_ERROR_IS_FATAL ANY)

file(STRINGS "${messages}" archives REGEX "\"reason\":\"compiler-artifact\".*libmarket_maker\\.a\"")
string(REGEX MATCH "\"([^\"]*libmarket_maker\\.a)\"" _ "${archives}")
set(archive "${CMAKE_MATCH_1}")
# A package's id is path#name@version, or path#version where the folder has the package's name.
file(STRINGS "${messages}" scripts REGEX "\"reason\":\"build-script-executed\".*[/#]market-maker[@#][0-9]")
string(REGEX MATCH "\"out_dir\":\"([^\"]*)\"" _ "${scripts}")
set(headers "${CMAKE_MATCH_1}/cxxbridge/include")
if(NOT EXISTS "${archive}" OR NOT EXISTS "${headers}/rust/cxx.h")
  message(FATAL_ERROR "cargo does not say where archive and headers are: ${messages}")
endif()

configure_file("${archive}" "${ARCHIVE}" COPYONLY)
file(GLOB_RECURSE generated RELATIVE "${headers}" "${headers}/*.h")
foreach(header IN LISTS generated)
  configure_file("${headers}/${header}" "${OUTPUT}/include/${header}" COPYONLY)
endforeach()
