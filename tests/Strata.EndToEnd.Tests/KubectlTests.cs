namespace Strata.EndToEnd.Tests;

/// <summary>kubectl's everyday verbs against the real thing.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class KubectlTests(SharedCluster shared)
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Get_nodes_shows_the_dedicated_and_the_virtual_node_ready()
    {
        var table = await Cluster.UntilAsync("get nodes", text => text.Split('\n').Count(line => line.Contains(" Ready ", StringComparison.Ordinal)) == 2);

        Assert.StartsWith("NAME", table, StringComparison.Ordinal);
        Assert.Contains("VERSION", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployment_is_applied_scaled_upgraded_undone_and_deleted()
    {
        var ns = await shared.NamespaceAsync("deploy");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 2));
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        Assert.Equal("2", await Cluster.KubectlAsync($"get deployment web -n {ns} -o 'jsonpath={{.status.readyReplicas}}'"));

        await Cluster.KubectlAsync($"scale -n {ns} deployment/web --replicas=3");
        await Cluster.KubectlAsync($"set image -n {ns} deployment/web web={SharedCluster.SecondImage}");
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        var images = await Cluster.UntilAsync($"get pods -n {ns} -o 'jsonpath={{range .items[*]}}{{.spec.containers[0].image}} {{end}}'", text => text.Trim().Split(' ').Length == 3);
        Assert.All(images.Trim().Split(' '), image => Assert.Equal(SharedCluster.SecondImage, image));

        var history = await Cluster.KubectlAsync($"rollout history -n {ns} deployment/web");
        Assert.Contains("2", history, StringComparison.Ordinal);
        await Cluster.KubectlAsync($"rollout undo -n {ns} deployment/web");
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        Assert.Equal(SharedCluster.Image, await Cluster.KubectlAsync($"get deployment web -n {ns} -o 'jsonpath={{.spec.template.spec.containers[0].image}}'"));

        await Cluster.KubectlAsync($"delete deployment web -n {ns}");
        await Cluster.UntilAsync($"get pods,replicasets -n {ns} -o name", text => text.Trim().Length == 0);
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing()
    {
        var ns = await shared.NamespaceAsync("unchanged");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 0));

        var again = await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 0));

        Assert.Contains("deployment.apps/web unchanged", again, StringComparison.Ordinal);
        Assert.Contains("service/web unchanged", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_exec_and_stdin_reach_a_container()
    {
        var ns = await shared.NamespaceAsync("streams");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 1));
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");

        Assert.Contains("started v1", await Cluster.KubectlAsync($"logs -n {ns} deployment/web"), StringComparison.Ordinal);
        Assert.Equal("hello\n", await Cluster.KubectlAsync($"exec -n {ns} deployment/web -- echo hello"));
        Assert.Equal("from stdin", await Cluster.KubectlAsync($"exec -i -n {ns} deployment/web -- cat", "from stdin"));
        Assert.Equal(7, (await Cluster.TryKubectlAsync($"exec -n {ns} deployment/web -- sh -c 'exit 7'")).ExitCode);
    }

    [Fact]
    public async Task Logs_follow_until_the_container_ends()
    {
        var ns = await shared.NamespaceAsync("follow");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Pod("counter", "for i in 1 2 3; do echo line $i; sleep 0.3; done"));

        await Cluster.UntilAsync($"get pod counter -n {ns} -o 'jsonpath={{.status.phase}}'", phase => phase is "Running" or "Succeeded");
        Assert.Equal("line 1\nline 2\nline 3\n", await Cluster.KubectlAsync($"logs -f -n {ns} counter"));
        await Cluster.UntilAsync($"get pod counter -n {ns} -o 'jsonpath={{.status.phase}}'", phase => phase == "Succeeded");
    }

    [Fact]
    public async Task A_service_answers_by_node_port_cluster_address_and_name()
    {
        var ns = await shared.NamespaceAsync("service");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 2));
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        var port = await Cluster.KubectlAsync($"get service web -n {ns} -o 'jsonpath={{.spec.ports[0].nodePort}}'");
        var address = await Cluster.KubectlAsync($"get service web -n {ns} -o 'jsonpath={{.spec.clusterIP}}'");

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        Assert.StartsWith("v1 web-", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")), StringComparison.Ordinal);
        Assert.StartsWith("v1 web-", await http.GetStringAsync(new Uri($"http://{address}/")), StringComparison.Ordinal);
        foreach (var name in (string[])["web", $"web.{ns}", $"web.{ns}.svc.cluster.local"])
        {
            Assert.StartsWith("v1 web-", await Cluster.KubectlAsync($"exec -n {ns} deployment/web -- wget -q -O - http://{name}/"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Patches_of_every_kind_labels_and_annotations_are_stored()
    {
        var ns = await shared.NamespaceAsync("patch");
        await Cluster.KubectlAsync($"create configmap settings -n {ns} --from-literal=a=1");
        await Cluster.KubectlAsync($"patch configmap settings -n {ns} --type=merge -p '{{\"data\":{{\"b\":\"2\"}}}}'");
        await Cluster.KubectlAsync($"patch configmap settings -n {ns} --type=json -p '[{{\"op\":\"replace\",\"path\":\"/data/a\",\"value\":\"3\"}}]'");
        await Cluster.KubectlAsync($"patch configmap settings -n {ns} -p '{{\"data\":{{\"c\":\"4\"}}}}'");
        await Cluster.KubectlAsync($"label configmap settings -n {ns} tier=test");
        await Cluster.KubectlAsync($"annotate configmap settings -n {ns} note=kept");

        Assert.Equal("3 2 4 test kept", await Cluster.KubectlAsync(
            $"get configmap -l tier=test -n {ns} -o 'jsonpath={{.items[0].data.a}} {{.items[0].data.b}} {{.items[0].data.c}} {{.items[0].metadata.labels.tier}} {{.items[0].metadata.annotations.note}}'"));
    }

    [Fact]
    public async Task Edit_opens_an_editor_and_stores_its_result()
    {
        var ns = await shared.NamespaceAsync("edit");
        await Cluster.KubectlAsync($"create configmap settings -n {ns} --from-literal=colour=red");
        var editor = Path.Combine(Cluster.DataDirectory, "editor.sh");
        await File.WriteAllTextAsync(editor, "#!/bin/sh\nsed -i 's/colour: red/colour: blue/' \"$1\"\n");
        File.SetUnixFileMode(editor, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var environment = new Dictionary<string, string> { ["KUBECONFIG"] = Path.Combine(Cluster.DataDirectory, "kubeconfig"), ["KUBE_EDITOR"] = editor };
        var edited = await Commands.RunAsync("kubectl", ["edit", "configmap", "settings", "-n", ns], environment);

        Assert.True(edited.ExitCode == 0, edited.ToString());
        Assert.Equal("blue", await Cluster.KubectlAsync($"get configmap settings -n {ns} -o 'jsonpath={{.data.colour}}'"));
    }

    [Fact]
    public async Task Describe_and_events_tell_a_pods_story()
    {
        var ns = await shared.NamespaceAsync("story");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Pod("sleeper", "sleep 600"));
        await Cluster.KubectlAsync($"wait -n {ns} --for=condition=Ready pod/sleeper --timeout=60s");

        var story = await Cluster.UntilAsync($"describe pod sleeper -n {ns}", text => text.Contains("Started container", StringComparison.Ordinal));
        Assert.Contains("Successfully assigned", story, StringComparison.Ordinal);
        Assert.Contains("Scheduled", await Cluster.KubectlAsync($"events -n {ns}"), StringComparison.Ordinal);
        var node = await Cluster.KubectlAsync($"get pod sleeper -n {ns} -o 'jsonpath={{.spec.nodeName}}'");
        Assert.Contains("sleeper", await Cluster.KubectlAsync($"describe node {node}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_reads_the_documented_schema()
    {
        Assert.Contains("container image", await Cluster.KubectlAsync("explain pod.spec.containers.image"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("maxSurge", await Cluster.KubectlAsync("explain deployment.spec --recursive"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_prints_changes_as_they_happen()
    {
        var ns = await shared.NamespaceAsync("watched");
        var watch = Cluster.KubectlUntilAsync($"get pods -n {ns} -w -o 'jsonpath={{.metadata.name}} {{.status.phase}}{{\"\\n\"}}'", line => line == "short Succeeded");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Pod("short", "true"));

        Assert.Contains("short Pending", await watch);
    }

    [Fact]
    public async Task A_deleted_namespace_takes_everything_along()
    {
        var ns = await shared.NamespaceAsync("doomed");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 2));
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");

        await Cluster.KubectlAsync($"delete namespace {ns} --timeout=60s");

        Assert.Equal(1, (await Cluster.TryKubectlAsync($"get namespace {ns}")).ExitCode);
    }

    [Fact]
    public async Task Orphaned_pods_outlive_their_replica_set()
    {
        var ns = await shared.NamespaceAsync("orphan");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 1));
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        await Cluster.KubectlAsync($"delete deployment web -n {ns} --cascade=orphan");
        await Cluster.KubectlAsync($"delete replicaset --all -n {ns} --cascade=orphan");

        await Cluster.UntilAsync($"get pods -n {ns} -o 'jsonpath={{.items[*].metadata.ownerReferences}}'", text => text.Length == 0);
        Assert.Single((await Cluster.KubectlAsync($"get pods -n {ns} -o name")).Trim().Split('\n'));
    }

    [Fact]
    public async Task Bad_input_gets_an_error_that_says_what_to_change()
    {
        var ns = await shared.NamespaceAsync("bad");

        var unknownField = await Cluster.TryKubectlAsync($"create -n {ns} -f -", SharedCluster.Web("web", 1).Replace("replicas:", "replicaz:", StringComparison.Ordinal));
        Assert.Contains("unknown field \"spec.replicaz\"", unknownField.Errors, StringComparison.Ordinal);

        var wrongName = await Cluster.TryKubectlAsync($"create configmap Bad_Name -n {ns}");
        Assert.Contains("RFC 1123", wrongName.Errors, StringComparison.Ordinal);

        var unknownKind = await Cluster.TryKubectlAsync($"create -n {ns} -f -", "apiVersion: v1\nkind: Nonsense\nmetadata:\n  name: x\n");
        Assert.Contains("no matches for kind \"Nonsense\"", unknownKind.Errors, StringComparison.Ordinal);

        var missing = await Cluster.TryKubectlAsync($"get pod nobody -n {ns}");
        Assert.Contains("pods \"nobody\" not found", missing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_image_shows_in_the_status_and_the_pod_recovers_when_it_arrives()
    {
        var ns = await shared.NamespaceAsync("image");
        await Cluster.KubectlAsync($"run late -n {ns} --image=strata.local/late:v1 --image-pull-policy=IfNotPresent");
        await Cluster.UntilAsync($"get pod late -n {ns}", text => text.Contains("ErrImagePull", StringComparison.Ordinal) || text.Contains("ImagePullBackOff", StringComparison.Ordinal));

        await Cluster.BuildImageAsync("strata.local/late:v1", "#!/bin/sh\nsleep 600\n");

        await Cluster.UntilAsync($"get pod late -n {ns} -o 'jsonpath={{.status.phase}}'", phase => phase == "Running");
    }

    [Fact]
    public async Task A_pod_that_fits_nowhere_says_why()
    {
        var ns = await shared.NamespaceAsync("nowhere");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Pod("huge", "sleep 600").Replace("cpu: 10m", "cpu: 50", StringComparison.Ordinal));

        var condition = await Cluster.UntilAsync($"get pod huge -n {ns} -o 'jsonpath={{.status.conditions[?(@.type==\"PodScheduled\")].message}}'", text => text.Length > 0);

        Assert.StartsWith("0/2 nodes are available:", condition, StringComparison.Ordinal);
        Assert.Contains("Insufficient cpu", condition, StringComparison.Ordinal);
        await Cluster.UntilAsync($"events -n {ns} --for pod/huge", text => text.Contains("FailedScheduling", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_init_container_that_ends_at_once_is_noticed_at_once()
    {
        var ns = await shared.NamespaceAsync("init");
        var yaml = Pod("main", "sleep 600") + $$"""

              initContainers:
              - name: first
                image: {{SharedCluster.Image}}
                command: ["/bin/true"]
            """;
        await Cluster.KubectlAsync($"apply -n {ns} -f -", yaml);

        // The node's own safety net, a relist every 20 s, would be too late.
        await Cluster.KubectlAsync($"wait -n {ns} --for=condition=Ready pod/main --timeout=15s");
    }

    [Fact]
    public async Task A_failing_liveness_probe_restarts_the_container()
    {
        var ns = await shared.NamespaceAsync("liveness");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Pod("sick", "sleep 600") + """

                livenessProbe:
                  exec:
                    command: ["/bin/false"]
                  periodSeconds: 1
                  failureThreshold: 1
            """);

        await Cluster.UntilAsync($"get pod sick -n {ns} -o 'jsonpath={{.status.containerStatuses[0].restartCount}}'", count => count is not ("" or "0"));
    }

    [Fact]
    public async Task Configuration_and_secrets_reach_environment_and_files()
    {
        var ns = await shared.NamespaceAsync("config");
        await Cluster.KubectlAsync($"create configmap settings -n {ns} --from-literal=colour=green");
        await Cluster.KubectlAsync($"create secret generic login -n {ns} --from-literal=password=s3cret");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: Pod
            metadata:
              name: reader
            spec:
              restartPolicy: Never
              automountServiceAccountToken: false
              containers:
              - name: main
                image: strata.local/test:v1
                command: ["/bin/sh", "-c", "echo $COLOUR $POD $(cat /secret/password) $(cat /scratch/file 2>/dev/null || echo none)"]
                env:
                - name: COLOUR
                  valueFrom: {configMapKeyRef: {name: settings, key: colour}}
                - name: POD
                  valueFrom: {fieldRef: {fieldPath: metadata.name}}
                volumeMounts:
                - {name: login, mountPath: /secret}
                - {name: scratch, mountPath: /scratch}
              volumes:
              - name: login
                secret: {secretName: login}
              - name: scratch
                emptyDir: {}
            """);
        await Cluster.UntilAsync($"get pod reader -n {ns} -o 'jsonpath={{.status.phase}}'", phase => phase == "Succeeded");

        Assert.Equal("green reader s3cret none\n", await Cluster.KubectlAsync($"logs -n {ns} reader"));
    }

    [Fact]
    public async Task A_pod_can_call_the_api_server_with_its_token()
    {
        var ns = await shared.NamespaceAsync("token");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Pod("caller", "sleep 600").Replace("automountServiceAccountToken: false", "automountServiceAccountToken: true", StringComparison.Ordinal));
        await Cluster.KubectlAsync($"wait -n {ns} --for=condition=Ready pod/caller --timeout=60s");

        var token = await Cluster.KubectlAsync($"exec -n {ns} caller -- cat /var/run/secrets/kubernetes.io/serviceaccount/token");
        var who = await Cluster.KubectlAsync($"auth whoami --token={token.Trim()} -o 'jsonpath={{.status.userInfo.username}}' --kubeconfig={await TokenConfigAsync()}");

        Assert.Equal($"system:serviceaccount:{ns}:default", who);
    }

    // A kubeconfig with the server and its CA but without the administrator's certificate.
    private async Task<string> TokenConfigAsync()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Cluster.DataDirectory, "kubeconfig"));
        var path = Path.Combine(Cluster.DataDirectory, "token.kubeconfig");
        await File.WriteAllLinesAsync(path, lines.Where(line => !line.Contains("client-certificate-data", StringComparison.Ordinal) && !line.Contains("client-key-data", StringComparison.Ordinal)));
        return path;
    }

    private static string Pod(string name, string command) => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{name}}
        spec:
          restartPolicy: {{(command.StartsWith("sleep", StringComparison.Ordinal) ? "Always" : "Never")}}
          terminationGracePeriodSeconds: 1
          automountServiceAccountToken: false
          containers:
          - name: main
            image: {{SharedCluster.Image}}
            command: ["/bin/sh", "-c", "{{command}}"]
            resources:
              requests:
                cpu: 10m
        """;
}
