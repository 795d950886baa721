# Sourced by compare and convert: installs one engine and sets $home (its files) and $python (the interpreter that
# drives it). The versions below are the ones that were tested; change them here only.
install_engine() {
  local root=${VIVACE_PEERS:-$HOME/.cache/vivace/peers} want
  case $1 in
    llama.cpp) want="@node-llama-cpp/linux-x64@3.22.1" ;;
    openvino)  want="openvino-genai==2026.4.1.0 openvino==2026.4.1 tokenizers==0.23.3 numpy==2.4.6" ;;
  esac
  home=$root/$1; python=$home/bin/python; [ "$1" = llama.cpp ] && python=$(command -v python3)
  mkdir -p "$home"; exec 9>"$root/$1.lock"; flock 9            # two runs at once install once
  if [ "$(cat "$home/installed" 2>/dev/null)" != "$want" ]; then
    echo "installing $want into $home" >&2; rm -f "$home/installed"
    if [ "$1" = llama.cpp ]; then    # no scripts: nothing is compiled or downloaded beside the package
      npm install --prefix "$home" --ignore-scripts --no-save --no-audit --no-fund --no-package-lock \
        --loglevel=error $want >&2
    else
      python3 -m venv "$home"; "$python" -m pip install --quiet --disable-pip-version-check $want >&2
    fi
    echo "$want" > "$home/installed"
  fi
  exec 9>&-; export PYTHONDONTWRITEBYTECODE=1                  # no __pycache__ beside these scripts
}
