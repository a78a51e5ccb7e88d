namespace Strata.EndToEnd.Tests;

/// <summary>What users see of quotas, limit ranges, security levels and priorities.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class QuotaTests(SharedCluster shared)
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task A_quota_stops_the_third_pod_of_a_deployment_and_says_why()
    {
        var ns = await shared.NamespaceAsync("quota");
        await Cluster.KubectlAsync($"create quota team --hard=pods=2,requests.cpu=1,count/deployments.apps=1 -n {ns}");
        await Cluster.UntilAsync($"get quota team -n {ns} -o 'jsonpath={{.status.used.pods}}'", static used => used == "0");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 3));

        await Cluster.UntilAsync($"get events -n {ns} --field-selector reason=FailedCreate", static events =>
            events.Contains("is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2", StringComparison.Ordinal));
        await Cluster.UntilAsync($"get deployment web -n {ns} -o 'jsonpath={{.status.readyReplicas}}'", static ready => ready == "2");
        var described = await Cluster.KubectlAsync($"describe quota team -n {ns}");
        Assert.Matches(@"pods\s+2\s+2\n", described);
        Assert.Matches(@"requests.cpu\s+40m\s+1\n", described);
        Assert.Matches(@"count/deployments.apps\s+1\s+1\n", described);
        Assert.Contains("pods: 2/2", await Cluster.KubectlAsync($"get quota -n {ns}"), StringComparison.Ordinal);
        var second = await Cluster.TryKubectlAsync($"create deployment other --image={SharedCluster.Image} -n {ns}");
        Assert.Contains(
            "deployments.apps \"other\" is forbidden: exceeded quota: team, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1",
            second.Errors, StringComparison.Ordinal);

        // Who makes room, or raises the limit, gets the rest.
        await Cluster.KubectlAsync($"patch quota team -n {ns} -p '{{\"spec\":{{\"hard\":{{\"pods\":\"3\"}}}}}}'");
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        await Cluster.KubectlAsync($"scale -n {ns} deployment/web --replicas=1");
        await Cluster.UntilAsync($"get quota team -n {ns} -o 'jsonpath={{.status.used.pods}}'", static used => used == "1");
    }

    [Fact]
    public async Task A_limit_range_fills_in_and_bounds_what_containers_ask_for()
    {
        var ns = await shared.NamespaceAsync("limits");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: LimitRange
            metadata:
              name: bounds
            spec:
              limits:
              - type: Container
                max: {cpu: 500m}
                default: {cpu: 200m, memory: 64Mi}
                defaultRequest: {cpu: 10m}
            """);
        Assert.Matches(@"Container\s+cpu\s+-\s+500m\s+10m\s+200m\s+-", await Cluster.KubectlAsync($"describe limits bounds -n {ns}"));
        await Cluster.KubectlAsync($"run given -n {ns} --image={SharedCluster.Image}");
        Assert.Equal(
            "10m 200m LimitRanger plugin set: cpu, memory request for container given; cpu, memory limit for container given",
            await Cluster.KubectlAsync(
                $"get pod given -n {ns} -o 'jsonpath={{.spec.containers[0].resources.requests.cpu}} {{.spec.containers[0].resources.limits.cpu}} {{.metadata.annotations.kubernetes\\.io/limit-ranger}}'"));
        var refused = await Cluster.TryKubectlAsync(
            $"run big -n {ns} --image={SharedCluster.Image} --overrides '{{\"spec\":{{\"containers\":[{{\"name\":\"big\",\"image\":\"x\",\"resources\":{{\"limits\":{{\"cpu\":\"1\"}}}}}}]}}}}'");
        Assert.Contains("pods \"big\" is forbidden: maximum cpu usage per Container is 500m, but limit is 1", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restricted_namespace_refuses_what_is_not_hardened()
    {
        var ns = await shared.NamespaceAsync("guarded");
        await Cluster.KubectlAsync($"run early -n {ns} --image={SharedCluster.Image}");
        var labelled = await Cluster.TryKubectlAsync($"label namespace {ns} pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted");
        Assert.Equal(0, labelled.ExitCode);
        Assert.Contains("Warning: existing pods in namespace \"guarded\" violate the new PodSecurity enforce level \"restricted:latest\"", labelled.Errors, StringComparison.Ordinal);
        Assert.Contains("Warning: early: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile", labelled.Errors, StringComparison.Ordinal);

        var refused = await Cluster.TryKubectlAsync($"run late -n {ns} --image={SharedCluster.Image}");
        Assert.Contains(
            "Error from server (Forbidden): pods \"late\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"late\" must set securityContext.allowPrivilegeEscalation=false)",
            refused.Errors, StringComparison.Ordinal);
        var template = await Cluster.TryKubectlAsync($"create deployment web --image={SharedCluster.Image} -n {ns}");
        Assert.Equal(0, template.ExitCode);
        Assert.Contains("Warning: would violate PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"test\"", template.Errors, StringComparison.Ordinal);
        await Cluster.KubectlAsync($"apply -n {ns} -f -", $$$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: hardened
            spec:
              securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: main
                image: {{{SharedCluster.Image}}}
                command: [sleep, "3600"]
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            """);
        await Cluster.KubectlAsync($"wait -n {ns} pod/hardened --for=condition=Ready --timeout=60s");
    }

    [Fact]
    public async Task A_priority_class_becomes_a_number_on_its_pods()
    {
        var ns = await shared.NamespaceAsync("priority");
        await Cluster.KubectlAsync("create priorityclass e2e-gold --value=1000 --preemption-policy=Never");
        await Cluster.KubectlAsync($"run rich -n {ns} --image={SharedCluster.Image} --overrides '{{\"spec\":{{\"priorityClassName\":\"e2e-gold\"}}}}'");
        Assert.Equal("1000 Never", await Cluster.KubectlAsync($"get pod rich -n {ns} -o 'jsonpath={{.spec.priority}} {{.spec.preemptionPolicy}}'"));
        var refused = await Cluster.TryKubectlAsync($"run poor -n {ns} --image={SharedCluster.Image} --overrides '{{\"spec\":{{\"priorityClassName\":\"e2e-tin\"}}}}'");
        Assert.Contains("pods \"poor\" is forbidden: no PriorityClass with name e2e-tin was found", refused.Errors, StringComparison.Ordinal);
        await Cluster.KubectlAsync("delete priorityclass e2e-gold");
    }
}
