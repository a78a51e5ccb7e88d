using System.Globalization;

namespace Strata.EndToEnd.Tests;

/// <summary>exec, attach, cp, port-forward, logs and proxy, on a dedicated node and on the virtual one; with the protocol of today's kubectl (WebSocket) and of older ones (SPDY).</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class StreamTests(SharedCluster shared)
{
    private const string Dedicated = "dedicated";
    private const string Virtual = "virtual";

    private TestCluster Cluster => shared.Cluster;

    public static TheoryData<string, string> PlacesAndProtocols => new()
    {
        { Dedicated, "websocket" },
        { Dedicated, "spdy" },
        { Virtual, "websocket" },
        { Virtual, "spdy" },
    };

    [Theory]
    [MemberData(nameof(PlacesAndProtocols))]
    public async Task Exec_carries_input_both_outputs_and_the_exit_code(string place, string protocol)
    {
        var ns = await PodAsync("exec", place, protocol);

        var both = await KubectlAsync(protocol, $"exec -n {ns} web -- sh -c 'echo out; echo err >&2; exit 7'");
        Assert.Equal((7, "out\n"), (both.ExitCode, both.Output));
        Assert.StartsWith("err\n", both.Errors, StringComparison.Ordinal);
        Assert.Equal("from stdin", (await KubectlAsync(protocol, $"exec -i -n {ns} web -- cat", "from stdin")).Output);
        Assert.Equal("3\n", (await KubectlAsync(protocol, $"exec -i -n {ns} web -- wc -l", "1\n2\n3\n")).Output);
        Assert.Contains("container nope is not valid for pod web", (await KubectlAsync(protocol, $"exec -n {ns} web -c nope -- true")).Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, (await KubectlAsync(protocol, $"exec -n {ns} web -- no-such-program")).ExitCode);
    }

    [Theory]
    [MemberData(nameof(PlacesAndProtocols))]
    public async Task Exec_gives_a_terminal_of_the_users_size(string place, string protocol)
    {
        var ns = await PodAsync("tty", place, protocol);

        // A pipe with both ends open keeps the terminal from seeing an end of its input. The size comes a moment after the command begins.
        var script = $"stty rows 33 cols 99; kubectl exec -it -n {ns} web -- sh -c \"until stty size | grep 33; do :; done; tty; exit 5\"";
        var seen = await Commands.RunAsync("sh", ["-c", "f=$(mktemp -u); mkfifo $f; exec 3<>$f; rm $f; exec script -qec \"$0\" /dev/null <&3", script], Environment(protocol));

        Assert.Contains("33 99", seen.Output, StringComparison.Ordinal);
        Assert.Contains("/dev/", seen.Output, StringComparison.Ordinal);
        Assert.Equal(5, seen.ExitCode);
    }

    [Theory]
    [MemberData(nameof(PlacesAndProtocols))]
    public async Task Attach_reads_and_writes_the_containers_own_streams(string place, string protocol)
    {
        var ns = await PodAsync("attach", place, protocol, """["/bin/sh", "-c", "read a; echo got $a; read b; echo end $b >&2"]""");

        var attached = await KubectlAsync(protocol, $"attach -i -n {ns} web", "one\ntwo\n");

        Assert.Contains("got one", attached.Output, StringComparison.Ordinal);
        Assert.Contains("end two", attached.Errors, StringComparison.Ordinal);
        Assert.Equal(0, attached.ExitCode);
        await Cluster.UntilAsync($"get pod web -n {ns} -o 'jsonpath={{.status.phase}}'", static phase => phase == "Succeeded");
    }

    [Theory]
    [MemberData(nameof(PlacesAndProtocols))]
    public async Task Files_are_copied_there_and_back(string place, string protocol)
    {
        var ns = await PodAsync("cp", place, protocol);
        var (original, copy) = (Path.Combine(Cluster.DataDirectory, $"{ns}.bin"), Path.Combine(Cluster.DataDirectory, $"{ns}.copy"));
        var bytes = new byte[2_000_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(original, bytes);

        Assert.Equal(0, (await KubectlAsync(protocol, $"cp {original} {ns}/web:/tmp/file")).ExitCode);
        Assert.Equal(0, (await KubectlAsync(protocol, $"cp {ns}/web:/tmp/file {copy}")).ExitCode);

        Assert.Equal(bytes, await File.ReadAllBytesAsync(copy));
    }

    [Theory]
    [MemberData(nameof(PlacesAndProtocols))]
    public async Task A_forwarded_port_carries_several_connections(string place, string protocol)
    {
        var ns = await PodAsync("forward", place, protocol);
        await using var forward = RunningCommand.Start("kubectl", ["port-forward", "-n", ns, "pod/web", ":8080"], Environment(protocol));
        var line = await forward.UntilAsync(static line => line.StartsWith("Forwarding from 127.0.0.1:", StringComparison.Ordinal));
        var port = line.Split(':')[1].Split(' ')[0];

        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"))));

        Assert.All(answers, static answer => Assert.Equal("v1 web\n", answer));
    }

    [Theory]
    [InlineData(Dedicated)]
    [InlineData(Virtual)]
    public async Task Every_flag_of_logs_is_obeyed(string place)
    {
        var ns = await PodAsync("logs", place, "", """["/bin/sh", "-c", "echo one; sleep 2; echo two; echo three"]""");
        await Cluster.UntilAsync($"get pod web -n {ns} -o 'jsonpath={{.status.phase}}'", static phase => phase == "Succeeded");
        Task<string> LogsAsync(string flags) => Cluster.KubectlAsync($"logs -n {ns} web {flags}");

        Assert.Equal("one\ntwo\nthree\n", await LogsAsync(""));
        Assert.Equal("one\ntwo\nthree\n", await LogsAsync("-f"));
        Assert.Equal("three\n", await LogsAsync("--tail=1"));
        Assert.Equal("", await LogsAsync("--tail=0"));
        Assert.Equal("one\ntw", await LogsAsync("--limit-bytes=6"));
        Assert.Equal("one\ntwo\nthree\n", await LogsAsync("--since=1h"));
        Assert.Equal("", await LogsAsync("--since-time=2999-01-01T00:00:00Z"));
        Assert.Equal("one\ntwo\nthree\n", await LogsAsync("--insecure-skip-tls-verify-backend"));
        Assert.Equal("[pod/web/web] one\n[pod/web/web] two\n[pod/web/web] three\n", await LogsAsync("--prefix --all-containers"));
        Assert.Equal("three\n", await Cluster.KubectlAsync($"logs -n {ns} -l app=web --tail=1"));

        var times = (await LogsAsync("--timestamps")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')).ToArray();
        Assert.Equal(["one", "two", "three"], times.Select(static words => words[1]));
        Assert.Equal("two\nthree\n", await LogsAsync($"--since-time={times[1][0]}"));
        Assert.All(times, static words => DateTimeOffset.Parse(words[0], CultureInfo.InvariantCulture));

        var previous = await Cluster.TryKubectlAsync($"logs -n {ns} web --previous");
        Assert.Contains("previous terminated container \"web\" in pod \"web\" not found", previous.Errors, StringComparison.Ordinal);
        Assert.Contains("container nope is not valid for pod web", (await Cluster.TryKubectlAsync($"logs -n {ns} web -c nope")).Errors, StringComparison.Ordinal);
        var invalid = await Cluster.TryKubectlAsync($"get --raw /api/v1/namespaces/{ns}/pods/web/log?tailLines=-1");
        Assert.Contains("tailLines: Invalid value: -1: must be greater than or equal to 0", invalid.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_output_can_be_read_alone_on_a_dedicated_node()
    {
        var ns = await PodAsync("split", Dedicated, "", """["/bin/sh", "-c", "echo out; echo err >&2"]""");
        await Cluster.UntilAsync($"get pod web -n {ns} -o 'jsonpath={{.status.phase}}'", static phase => phase == "Succeeded");

        Assert.Equal("out\n", await Cluster.KubectlAsync($"get --raw /api/v1/namespaces/{ns}/pods/web/log?stream=Stdout"));
        Assert.Equal("err\n", await Cluster.KubectlAsync($"get --raw /api/v1/namespaces/{ns}/pods/web/log?stream=Stderr"));
    }

    [Theory]
    [InlineData(Dedicated)]
    [InlineData(Virtual)]
    public async Task Requests_are_proxied_to_pod_service_and_node(string place)
    {
        var ns = await PodAsync("proxy", place, "");
        await Cluster.KubectlAsync($"expose pod web -n {ns} --port=80 --target-port=8080");
        var pod = $"/api/v1/namespaces/{ns}/pods/web:8080/proxy/";
        var service = $"/api/v1/namespaces/{ns}/services/web/proxy/";

        Assert.Equal("v1 web\n", await Cluster.KubectlAsync($"get --raw {pod}"));
        Assert.Equal("v1 web\n", await Cluster.UntilAsync($"get --raw {service}", static answer => answer.Length > 0));
        Assert.Equal(1, (await Cluster.TryKubectlAsync($"get --raw {pod}nobody")).ExitCode); // The pod's own 404.

        var node = await Cluster.KubectlAsync($"get pod web -n {ns} -o 'jsonpath={{.spec.nodeName}}'");
        Assert.Equal("ok", await Cluster.KubectlAsync($"get --raw /api/v1/nodes/{node}/proxy/healthz"));
        Assert.Contains($"\"nodeName\":\"{node}\"", await Cluster.KubectlAsync($"get --raw /api/v1/nodes/{node}/proxy/stats/summary"), StringComparison.Ordinal);

        await using var proxy = RunningCommand.Start("kubectl", ["proxy", "--port=0"], Environment(""));
        var address = (await proxy.UntilAsync(static line => line.StartsWith("Starting to serve on ", StringComparison.Ordinal))).Split(' ')[^1];
        using var http = new HttpClient();
        Assert.Equal("v1 web\n", await http.GetStringAsync(new Uri($"http://{address}{pod.TrimEnd('/')}"))); // By way of the redirect to the slash.
    }

    // The pod's script shows v1 and its name on port 8080.
    private async Task<string> PodAsync(string name, string place, string protocol, string command = """["/app/run"]""")
    {
        var ns = await shared.NamespaceAsync($"{name}-{place}-{protocol}".TrimEnd('-'));
        await Cluster.KubectlAsync($"apply -n {ns} -f -", $$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              labels:
                app: web
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: 1
              automountServiceAccountToken: false
              tolerations:
              - operator: Exists
              affinity:
                nodeAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution:
                    nodeSelectorTerms:
                    - matchExpressions:
                      - {key: type, operator: {{(place == Virtual ? "In" : "NotIn")}}, values: [virtual-kubelet]}
              containers:
              - name: web
                image: {{SharedCluster.Image}}
                command: {{command}}
                stdin: true
                stdinOnce: true
                resources:
                  requests:
                    cpu: 10m
            """);
        if (command.Contains("/app/run", StringComparison.Ordinal))
        {
            await Cluster.UntilAsync($"exec -n {ns} web -- wget -q -O - http://127.0.0.1:8080/", static page => page.Length > 0);
        }
        else
        {
            await Cluster.UntilAsync($"get pod web -n {ns} -o 'jsonpath={{.status.phase}}'", static phase => phase is "Running" or "Succeeded");
        }

        return ns;
    }

    private Task<CommandResult> KubectlAsync(string protocol, string arguments, string? input = null) =>
        Commands.RunAsync("kubectl", TestCluster.Words(arguments), Environment(protocol), input);

    private Dictionary<string, string> Environment(string protocol) => new(Cluster.Environment)
    {
        ["KUBECTL_REMOTE_COMMAND_WEBSOCKETS"] = protocol == "spdy" ? "false" : "true",
        ["KUBECTL_PORT_FORWARD_WEBSOCKETS"] = protocol == "spdy" ? "false" : "true",
    };
}
