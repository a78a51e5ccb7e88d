using System.Text;

namespace Strata.Cri.Containerd;

/// <summary>Writes containerd's <c>config.toml</c> (format version 2, read by containerd 1.6 to 2.x).</summary>
internal static class ContainerdConfigFile
{
    // What a node agent never uses: other snapshotters, the restart manager, tracing, /opt/containerd. The cgroup monitor only
    // feeds Prometheus; out-of-memory events come from the shims. (io.containerd.runtime.v1.linux must stay: 1.6 needs it to load.)
    private static readonly string[] UnusedPlugins =
    [
        "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.btrfs",
        "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.erofs", "io.containerd.snapshotter.v1.native",
        "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.restart",
        "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp", "io.containerd.monitor.v1.cgroups",
        "io.containerd.monitor.task.v1.cgroups", "io.containerd.nri.v1.nri",
    ];

    // stats_collect_period: how often every snapshot's disk usage is walked; the default of 10 s is felt on an idle node.

    /// <param name="restrictOomScoreAdj">Needed without CAP_SYS_RESOURCE: a score below one's own may then not be set, and
    /// runc fails every sandbox with "can't get final child's PID from pipe".</param>
    public static string Render(ContainerdOptions options, bool restrictOomScoreAdj)
    {
        const string Cri = "plugins.\"io.containerd.grpc.v1.cri\"";
        return $"""
            # Written by strata at each start; changes here are lost.
            version = 2
            root = {Quote(options.RootDirectory)}
            state = {Quote(options.StateDirectory)}
            disabled_plugins = [{string.Join(", ", UnusedPlugins.Select(Quote))}]

            [grpc]
              address = {Quote(options.SocketPath)}

            [debug]
              level = {Quote(options.LogLevel)}

            [{Cri}]
              sandbox_image = {Quote(options.SandboxImage)}
              restrict_oom_score_adj = {(restrictOomScoreAdj ? "true" : "false")}
              disable_tcp_service = true
              stream_server_address = "127.0.0.1"
              stream_server_port = "0"
              max_container_log_line_size = 16384
              stats_collect_period = 30
              netns_mounts_under_state_dir = true

            [{Cri}.cni]
              bin_dir = {Quote(options.CniBinDirectory)}
              conf_dir = {Quote(options.CniConfDirectory)}

            [{Cri}.registry]
              config_path = {Quote(options.RegistryConfigDirectory)}

            [{Cri}.containerd]
              snapshotter = "overlayfs"
              default_runtime_name = "runc"

            [{Cri}.containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"

            # runc's own root as well: its default is one folder for every containerd of the machine.
            [{Cri}.containerd.runtimes.runc.options]
              SystemdCgroup = false
              Root = {Quote(Path.Combine(options.StateDirectory, "runc"))}

            """;
    }

    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c is '"' or '\\' ? quoted.Append('\\').Append(c) : quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
