# Every test that is not a unit test. Labels: "quick" needs no server, "server"
# starts real peers, "release" looks at the optimised build, "slow" builds one of its own.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(PYTHON ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1 ${Python3_EXECUTABLE})

foreach(check includes words headers kinds symbols hardening)
	add_test(NAME doors.${check} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/doors/doors.py
		${check} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
	set_tests_properties(doors.${check} PROPERTIES TIMEOUT 120 LABELS quick)
endforeach()
set_tests_properties(doors.hardening PROPERTIES LABELS release)

# The longest of those that only compute, so it begins early.
add_test(NAME valgrind COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/valgrind ${CMAKE_SOURCE_DIR}/build/release/tests/scenario/scenario)
set_tests_properties(valgrind PROPERTIES TIMEOUT 600 LABELS release COST 900)

# What a probe costs in instructions and system calls, which no other work on the machine changes.
add_test(NAME bench.counts COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/bench/run --here
	--program ${CMAKE_SOURCE_DIR}/build/release/shorewatch counts)
set_tests_properties(bench.counts PROPERTIES TIMEOUT 400 LABELS release COST 900)

# They mostly wait, so they begin first (COST) and the others run beside them;
# each has its own folder, its own block of ports and its own peers.
function(add_server_test name script)
	add_test(NAME e2e.${name} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${script}.py ${ARGN})
	set_tests_properties(e2e.${name} PROPERTIES TIMEOUT 300 LABELS server COST 1000)
endfunction()
function(add_stories script)
	foreach(story ${ARGN})
		add_server_test(${script}.${story} ${script} $<TARGET_FILE:shorewatch> ${story})
	endforeach()
endfunction()

add_server_test(peers_alone peers_alone)
add_server_test(alerts alerts $<TARGET_FILE:channel_send>)
# Its clock runs fast, which a sanitizer does not bear: the optimised build.
add_server_test(side_by_side side_by_side ${CMAKE_SOURCE_DIR}/build/release/shorewatch)
if(TARGET shorewatch)
	add_server_test(rules rules $<TARGET_FILE:shorewatch>)
	add_server_test(silent_dns silent_dns $<TARGET_FILE:shorewatch>)
	add_server_test(families families $<TARGET_FILE:shorewatch>)
	add_stories(outage undisturbed kill_up kill_suspect kill_waiting kill_told kill_recovering hup)
	add_stories(pipeline replicas prometheus prometheus_pulled alertmanagers silenced)
	add_stories(ingress refused behind edge)
	add_server_test(drill drill $<TARGET_FILE:shorewatch>)
	add_server_test(canary canary $<TARGET_FILE:shorewatch>)
	add_test(NAME e2e.broken COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/broken.py $<TARGET_FILE:shorewatch>)
	set_tests_properties(e2e.broken PROPERTIES TIMEOUT 240 LABELS quick COST 100)
	add_test(NAME systemd.unit COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/systemd/unit ${CMAKE_SOURCE_DIR} $<TARGET_FILE:shorewatch>)
	set_tests_properties(systemd.unit PROPERTIES TIMEOUT 60 LABELS quick)
endif()

# The commands, by the real program on loopback; the longest ones begin first.
if(TARGET shorewatch)
	foreach(story crowd lost outage death owner reload broken jobs hush hostile storm readonly)
		add_test(NAME cli.${story} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cli/life.py $<TARGET_FILE:shorewatch> ${story})
		set_tests_properties(cli.${story} PROPERTIES TIMEOUT 150 LABELS quick COST 500)
	endforeach()
	# they wait for a minute of silence, and until the listener is asked again
	set_tests_properties(cli.crowd cli.lost PROPERTIES LABELS release TIMEOUT 240)
	foreach(story refused signals hang relay alone death files)
		add_test(NAME cli.drill.${story} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cli/drill.py $<TARGET_FILE:shorewatch> ${story})
		set_tests_properties(cli.drill.${story} PROPERTIES TIMEOUT 200 LABELS quick COST 300)
	endforeach()
	foreach(story shared apart loopback offline hostile many machine)
		add_test(NAME cli.fate.${story} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cli/fate.py $<TARGET_FILE:shorewatch> ${story})
		set_tests_properties(cli.fate.${story} PROPERTIES TIMEOUT 120 LABELS quick COST 200)
	endforeach()
	add_test(NAME cli.fate.unbound COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cli/fate.py $<TARGET_FILE:shorewatch> unbound)
	set_tests_properties(cli.fate.unbound PROPERTIES TIMEOUT 120 LABELS server)
	foreach(story usage manual probe snippets quick demo quickstart)
		add_test(NAME cli.${story} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cli/words.py $<TARGET_FILE:shorewatch> ${story})
		set_tests_properties(cli.${story} PROPERTIES TIMEOUT 150 LABELS quick COST 500)
	endforeach()
endif()

add_test(NAME notify.schema COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tools/schema_check.py
	${CMAKE_SOURCE_DIR}/etc/webhook.schema.json
	${CMAKE_CURRENT_SOURCE_DIR}/golden/notify/webhook.en.json ${CMAKE_CURRENT_SOURCE_DIR}/golden/notify/webhook.ja.json
	${CMAKE_CURRENT_SOURCE_DIR}/golden/notify/webhook.sums.en.json
	${CMAKE_CURRENT_SOURCE_DIR}/golden/notify/webhook.sums.ja.json)
set_tests_properties(notify.schema PROPERTIES TIMEOUT 60 LABELS quick)

# Its clock is moved.
if(TARGET app_heartbeat_test)
	target_link_options(app_heartbeat_test PRIVATE -Wl,--wrap=clock_gettime)
	target_link_options(io_imap_test PRIVATE -Wl,--wrap=clock_gettime)
	target_link_options(app_canary_run_test PRIVATE -Wl,--wrap=io_now)
endif()

# Its memory runs out, for our own code alone.
foreach(test notify_nomem_test app_channel_nomem_test)
	if(TARGET ${test})
		target_sources(${test} PRIVATE outbox/shortage.c)
		target_include_directories(${test} PRIVATE outbox)
		target_compile_definitions(${test} PRIVATE WRAPPED)
		target_link_options(${test} PRIVATE -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
			-Wl,--wrap=strdup)
	endif()
endforeach()
if(TARGET notify_nomem_test)
	target_link_options(notify_nomem_test PRIVATE -Wl,--wrap=json_parse -Wl,--wrap=io_sign)
endif()

# Every mail of every scenario, read by a parser that is not ours.
add_test(NAME mails.scenarios COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tools/mail_scenarios.py
	${CMAKE_SOURCE_DIR}/build/release/tests/scenario/scenario)
set_tests_properties(mails.scenarios PROPERTIES TIMEOUT 600 LABELS release COST 300)

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/tools/CMakeLists.txt)
	add_subdirectory(tools)
endif()

add_subdirectory(scenario)
add_subdirectory(storm)
add_subdirectory(outputs)
add_subdirectory(page)
add_subdirectory(outbox)
if(TARGET shorewatch)
	add_subdirectory(drill)
endif()
add_subdirectory(sim)
add_subdirectory(fuzz)
if(SHOREWATCH_COVERAGE)
	add_subdirectory(coverage)
else()
	# In a tree of its own, where core counts its branches.
	add_test(NAME coverage COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/coverage/run
		--build ${CMAKE_BINARY_DIR}/coverage)
	set_tests_properties(coverage PROPERTIES TIMEOUT 600 LABELS slow COST 950)
	set(runner ${CMAKE_SOURCE_DIR}/build/release/tests/scenario/scenario)
	add_test(NAME scenario.settled COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/settled.py
		${runner} ${runner}_looking)
	set_tests_properties(scenario.settled PROPERTIES TIMEOUT 600 LABELS release COST 900)
endif()
