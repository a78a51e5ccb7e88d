using System.Text;
using Strata.Api.Models;
using Strata.Arm.ContainerGroups;
using Strata.Client;
using Strata.VirtualNode.Providers;
using Strata.VirtualNode.Providers.Arm;
using Container = Strata.Api.Models.Container;
using ContainerPort = Strata.Api.Models.ContainerPort;
using Volume = Strata.Api.Models.Volume;
using VolumeMount = Strata.Api.Models.VolumeMount;

namespace Strata.VirtualNode.Tests;

/// <summary>The virtual node against the real container instances service.</summary>
public sealed class ArmProviderTests
{
    [Fact]
    public async Task A_pod_runs_as_a_container_group_and_is_ready_when_the_group_is()
    {
        await using var instances = await InstanceHarness.StartAsync();
        instances.Host.IsReadyAtOnce = false;
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod(container: ReadyWhenHealthy));

        var pod = await node.UntilAsync(found => found.Status.Phase == "Running", "the pod runs");
        Assert.False(pod.IsReady());
        Assert.StartsWith("10.8.0.", pod.Status.PodIP);
        Assert.Equal("127.0.0.1", pod.Status.HostIP);
        var group = Assert.Single(await GroupsAsync(instances));
        Assert.Equal("web", group.Tags!["PodName"]);
        Assert.Equal(pod.Metadata.Uid, group.Tags["UID"]);

        await instances.Host.SetReadyAsync(instances.Core.All<Pod>().Single(), true);
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");
    }

    [Fact]
    public async Task What_only_the_cluster_knows_is_resolved_and_the_address_is_left_to_the_service()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        await node.Client.CreateAsync(SecretOf("keys", "password", "a$(b)c"), CancellationToken.None);
        await node.CreateAsync(Given.Pod(
            spec: spec => spec with { HostAliases = [new HostAlias { Ip = "10.0.0.1", Hostnames = ["db"] }] },
            container: container => container with
            {
                Env =
                [
                    new EnvVar { Name = "MY_IP", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "status.podIP" } } },
                    new EnvVar { Name = "URL", Value = "http://$(MY_IP):80/$$(X)" },
                    new EnvVar { Name = "PASSWORD", ValueFrom = new EnvVarSource { SecretKeyRef = new SecretKeySelector { Name = "keys", Key = "password" } } },
                    new EnvVar { Name = "NODE", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "spec.nodeName" } } },
                ],
                Args = ["--from=$(NODE)"],
            }));
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        var core = Assert.Single(instances.Core.All<Pod>());
        var container = Assert.Single(core.Spec.Containers);
        Assert.Equal("status.podIP", Variable(container, "MY_IP").ValueFrom!.FieldRef!.FieldPath);
        Assert.Equal("http://$(STRATA_POD_IP):80/$$(X)", Variable(container, "URL").Value);
        Assert.Equal(Given.NodeName, Variable(container, "NODE").Value);
        Assert.Equal(["--from=$(NODE)"], container.Args);
        Assert.Equal("web", core.Spec.Hostname);
        Assert.Equal("db", core.Spec.HostAliases[0].Hostnames[0]);
        Assert.Equal(["10.96.0.10"], core.Spec.DnsConfig!.Nameservers);
        Assert.Contains("default.svc.cluster.local", core.Spec.DnsConfig.Searches);
        var reference = Variable(container, "PASSWORD").ValueFrom!.SecretKeyRef!;
        Assert.Equal("a$(b)c", Encoding.UTF8.GetString(instances.Core.All<Secret>().Single(secret => secret.Metadata.Name == reference.Name).Data[reference.Key]));
        Assert.DoesNotContain("a$(b)c", Encoding.UTF8.GetString(Strata.Arm.ArmJson.ToBytes((await GroupsAsync(instances)).Single())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mounted_files_arrive_and_are_brought_up_to_date_without_a_restart()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        var map = await node.Client.CreateAsync(
            new ConfigMap { Metadata = new ObjectMeta { Name = "page", Namespace = "default" }, Data = new Dictionary<string, string> { ["index.html"] = "one" } }, CancellationToken.None);
        await node.CreateAsync(Given.Pod(
            spec: spec => spec with
            {
                Volumes =
                [
                    new Volume { Name = "page", ConfigMap = new ConfigMapVolumeSource { Name = "page", Items = [new KeyToPath { Key = "index.html", Path = "sub/index.html", Mode = 256 }] } },
                    new Volume
                    {
                        Name = "token",
                        Projected = new ProjectedVolumeSource { Sources = [new VolumeProjection { ServiceAccountToken = new ServiceAccountTokenProjection { Path = "token", ExpirationSeconds = 3600 } }] },
                    },
                ],
            },
            container: container => container with { VolumeMounts = [new VolumeMount { Name = "page", MountPath = "/page" }, new VolumeMount { Name = "token", MountPath = "/token", ReadOnly = true }] }));
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        var before = Assert.Single(instances.Core.All<Pod>());
        var item = Assert.Single(before.Spec.Volumes.Single(volume => volume.Name == "page").Secret!.Items);
        Assert.Equal(("sub/index.html", 256), (item.Path, item.Mode));
        Assert.Equal("one", Content(instances, before, item.Key));
        Assert.StartsWith("token-", Content(instances, before, before.Spec.Volumes.Single(volume => volume.Name == "token").Secret!.Items[0].Key));

        await node.Client.UpdateAsync(map with { Data = new Dictionary<string, string> { ["index.html"] = "two" } }, null, CancellationToken.None);
        await NodeHarness.EventuallyAsync(() => Content(instances, before, item.Key) == "two", "the new content is there");

        var after = Assert.Single(instances.Core.All<Pod>());
        Assert.Equal(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Equal("", (string?)(await GroupsAsync(instances)).Single().Properties!.Extensions![0].Properties!.ProtectedSettings?.ToJsonString() ?? "");
    }

    [Fact]
    public async Task A_deleted_pod_leaves_nothing_behind()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        await node.Client.DeleteAsync<Pod>("default", "web", DeleteRequest.Default, CancellationToken.None);
        await NodeHarness.EventuallyAsync(() => node.Find() is null, "the pod is gone");

        Assert.Empty(await GroupsAsync(instances));
        Assert.Empty(instances.Core.All<Pod>());
    }

    [Fact]
    public async Task A_job_that_ends_shows_its_exit_code()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod(spec: spec => spec with { RestartPolicy = "Never" }));
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        await instances.Host.EndAsync(instances.Core.All<Pod>().Single(), 7);

        var pod = await node.UntilAsync(found => found.Status.Phase == "Failed", "the pod has failed");
        Assert.Equal(7, pod.Status.ContainerStatuses[0].State.Terminated!.ExitCode);
        Assert.Equal("PodFailed", pod.Status.Condition("Ready")!.Reason);
    }

    [Fact]
    public async Task A_service_without_room_is_told_in_its_own_words_and_the_pod_runs_when_there_is_some()
    {
        await using var instances = await InstanceHarness.StartAsync();
        instances.Host.HasRoom = false;
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod());

        var pod = await node.UntilAsync(found => found.Status.Condition("Ready")?.Message.Contains("not available in the location", StringComparison.Ordinal) == true, "the condition says so");
        Assert.Equal(("Pending", "ProviderFailed"), (pod.Status.Phase, pod.Status.Reason));
        Assert.DoesNotContain("Insufficient cpu", pod.Status.Message, StringComparison.Ordinal);
        await NodeHarness.EventuallyAsync(() => node.Cluster.All<Event>().Any(e => e.Reason == "ProviderFailed"), "an event says so");

        instances.Host.HasRoom = true;
        var core = instances.Core.All<Pod>().Single();
        await instances.Core.Client.PatchAsync<Pod>(core.Metadata.Namespace, core.Metadata.Name, Patch.Merge("""{"metadata":{"annotations":{"try":"again"}}}"""), null, CancellationToken.None);
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");
    }

    [Fact]
    public async Task The_node_is_not_ready_while_the_service_is_away_and_pods_are_kept()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");
        Assert.Equal("True", ReadyOf(node));

        await instances.StopServerAsync();
        await NodeHarness.EventuallyAsync(() => ReadyOf(node) == "False", "the node is not ready");
        Assert.True(node.Find()!.IsReady());

        await instances.StartServerAsync();
        await NodeHarness.EventuallyAsync(() => ReadyOf(node) == "True", "the node is ready again");
        Assert.True(node.Find()!.IsReady());
        Assert.Single(instances.Core.All<Pod>());
    }

    [Fact]
    public async Task Groups_of_others_in_the_resource_group_are_left_alone()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        var scope = new ClusterScope("cluster-1", Given.NodeName);
        var left = Given.Pod("left", uid: "uid-left");
        await PutAsync(instances, "mine", GroupIdentity.TagsOf(left, scope), GroupIdentity.NameOf(PodIdentity.Of(left)));
        await PutAsync(instances, "other cluster", GroupIdentity.TagsOf(left, scope with { ClusterId = "cluster-2" }), "other-cluster");
        await PutAsync(instances, "other node", GroupIdentity.TagsOf(left, scope with { NodeName = "another" }), "other-node");
        await PutAsync(instances, "nobody", new Dictionary<string, string>(), "nobody");

        await EventuallyAsync(async () => (await GroupsAsync(instances)).All(group => group.Tags!.GetValueOrDefault("Why") != "mine"), "the orphan is gone");

        Assert.Equal(["nobody", "other-cluster", "other-node"], (await GroupsAsync(instances)).Select(group => group.Name).Order());
    }

    [Fact]
    public async Task A_pod_that_wants_the_host_is_refused_with_every_reason()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod(
            spec: spec => spec with { HostNetwork = true, Volumes = [new Volume { Name = "host", HostPath = new HostPathVolumeSource { Path = "/" } }] },
            container: container => container with { Ports = [new ContainerPort { Port = 80, HostPort = 80 }] }));

        var pod = await node.UntilAsync(found => found.Status.Reason == "ProviderFailed", "the pod is refused");

        Assert.All(["hostNetwork", "hostPort", "volume \"host\""], part => Assert.Contains(part, pod.Status.Message, StringComparison.Ordinal));
        Assert.Empty(await GroupsAsync(instances));
    }

    [Fact]
    public async Task Without_the_extension_a_plain_pod_runs_and_one_that_needs_more_is_refused()
    {
        await using var instances = await InstanceHarness.StartAsync();
        instances.HasExtension = false;
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod(container: container => ReadyWhenHealthy(container) with { Command = ["httpd"], Args = ["-f"] }));
        await node.CreateAsync(Given.Pod("tcp", container: container => container with { ReadinessProbe = new Probe { TcpSocket = new TCPSocketAction { Port = 80 } } }));

        var pod = await node.UntilAsync(found => found.IsReady(), "the plain pod is ready");
        Assert.StartsWith("10.8.0.", pod.Status.PodIP);
        var refused = await node.UntilAsync(found => found.Status.Reason == "ProviderFailed", "the other is refused", "tcp");
        Assert.Contains("readinessProbe: tcpSocket", refused.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_and_exec_go_through_the_service()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        using var http = KubeletClient.Http(node);
        Assert.Equal("one\ntwo\nthree\n", await http.GetStringAsync(new Uri(node.Kubelet, "/containerLogs/default/web/web")));

        using var socket = await KubeletClient.ConnectAsync(node, "/exec/default/web/web?command=sh&command=-c&command=a+b&input=1&output=1&error=1", "v5.channel.k8s.io");
        Assert.Equal((1, "sh|-c|a b"), await KubeletClient.ReceiveAsync(socket));
        await KubeletClient.SendAsync(socket, 0, "hello");
        Assert.Equal((1, "hello"), await KubeletClient.ReceiveAsync(socket));
        await KubeletClient.SendAsync(socket, 255, "\0");
        var (channel, status) = await KubeletClient.ReceiveAsync(socket);
        Assert.Equal(3, channel);
        Assert.Contains("\"message\":\"3\"", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_of_node_and_service_changes_nothing_for_a_running_pod()
    {
        await using var instances = await InstanceHarness.StartAsync();
        await using var node = await JoinAsync(instances);
        await node.Client.CreateAsync(SecretOf("keys", "password", "one"), CancellationToken.None);
        await node.CreateAsync(Given.Pod(
            spec: spec => spec with { Volumes = [new Volume { Name = "keys", Secret = new SecretVolumeSource { SecretName = "keys" } }] },
            container: container => container with { Env = [new EnvVar { Name = "GREETING", ValueFrom = new EnvVarSource { SecretKeyRef = new SecretKeySelector { Name = "keys", Key = "password" } } }] }));
        var before = await node.UntilAsync(found => found.IsReady(), "the pod is ready");
        var core = instances.Core.All<Pod>().Single();

        await node.StopAgentAsync();
        await instances.StopServerAsync();
        await instances.StartServerAsync();
        await node.StartAgentAsync();
        var secret = node.Cluster.All<Secret>().Single();
        await node.Client.UpdateAsync(secret with { Data = new Dictionary<string, byte[]> { ["password"] = "two"u8.ToArray() } }, null, CancellationToken.None);
        await NodeHarness.EventuallyAsync(
            () => Content(instances, core, core.Spec.Volumes[0].Secret!.Items[0].Key) == "two", "the changed secret is there");

        Assert.Equal(core.Metadata.Uid, instances.Core.All<Pod>().Single().Metadata.Uid);
        Assert.Equal(before.Status.PodIP, node.Find()!.Status.PodIP);
        Assert.Equal(0, node.Find()!.Status.ContainerStatuses[0].RestartCount);
    }

    private static async Task<NodeHarness> JoinAsync(InstanceHarness instances) => await NodeHarness.StartAsync(harness => harness.Arm = instances.Provider);

    private static Container ReadyWhenHealthy(Container container) => container with
    {
        Ports = [new ContainerPort { Name = "http", Port = 8080, Protocol = "TCP" }],
        ReadinessProbe = new Probe { HttpGet = new HTTPGetAction { Path = "/health", Port = "http" }, PeriodSeconds = 1 },
    };

    private static async Task<IReadOnlyList<ContainerGroup>> GroupsAsync(InstanceHarness instances)
    {
        var found = new List<ContainerGroup>();
        await foreach (var group in instances.Groups.ListAsync(true, CancellationToken.None))
        {
            found.Add(group);
        }

        return found;
    }

    private static async Task PutAsync(InstanceHarness instances, string why, IReadOnlyDictionary<string, string> tags, string name) => await instances.Groups.CreateOrUpdateAsync(
        name,
        new ContainerGroup
        {
            Location = "local",
            Tags = new Dictionary<string, string>(tags) { ["Why"] = why },
            Properties = new ContainerGroupProperties
            {
                OsType = "Linux",
                Containers = [new Strata.Arm.ContainerGroups.Container
                {
                    Name = "web",
                    Properties = new ContainerProperties { Image = "busybox", Resources = new ContainerResources { Requests = new ResourceAmounts { Cpu = 0.1, MemoryInGB = 0.1 } } },
                }],
            },
        },
        CancellationToken.None);

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"did not come true in time: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    private static string? ReadyOf(NodeHarness node) => node.Cluster.All<Node>().Single().Status.Condition("Ready")?.Status;

    private static EnvVar Variable(Container container, string name) => container.Env.Single(variable => variable.Name == name);

    private static string Content(InstanceHarness instances, Pod pod, string key) =>
        Encoding.UTF8.GetString(instances.Core.All<Secret>().Single(secret => secret.Metadata.Name == pod.Spec.Volumes[0].Secret!.SecretName).Data[key]);

    private static Secret SecretOf(string name, string key, string value) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "default" }, Data = new Dictionary<string, byte[]> { [key] = Encoding.UTF8.GetBytes(value) } };
}
