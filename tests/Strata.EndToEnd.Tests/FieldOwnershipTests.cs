namespace Strata.EndToEnd.Tests;

/// <summary>Server-side apply next to the controllers and agents of a running cluster.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class FieldOwnershipTests(SharedCluster shared)
{
    private const string Managers = "{range .metadata.managedFields[*]}{.manager} {.operation} {.subresource}{\"\\n\"}{end}";

    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Server_side_apply_shares_an_object_with_the_controllers_that_work_on_it()
    {
        var ns = await shared.NamespaceAsync("ssa");
        var dry = await Cluster.KubectlAsync($"apply --server-side --dry-run=server -n {ns} -f -", SharedCluster.Web("web", 1));
        Assert.Contains("deployment.apps/web serverside-applied (server dry run)", dry, StringComparison.Ordinal);
        await Cluster.KubectlAsync($"apply --server-side -n {ns} -f -", SharedCluster.Web("web", 1));
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        Assert.Equal(["kube-controller-manager Update ", "kube-controller-manager Update status", "kubectl Apply "], await ManagersAsync($"deployment web -n {ns}"));
        Assert.Equal(["kube-controller-manager Update ", "kubelet Update status"], await ManagersAsync($"pods -n {ns}", ".items[0]"));

        await Cluster.KubectlAsync($"set image -n {ns} deployment/web web={SharedCluster.SecondImage}");
        var refused = await Cluster.TryKubectlAsync($"apply --server-side -n {ns} -f -", SharedCluster.Web("web", 1));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl-set\" using apps/v1: .spec.template.spec.containers[name=\"web\"].image", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await Cluster.TryKubectlAsync($"diff --server-side --force-conflicts -n {ns} -f -", SharedCluster.Web("web", 1))).ExitCode);
        await Cluster.KubectlAsync($"apply --server-side --force-conflicts -n {ns} -f -", SharedCluster.Web("web", 1));
        await Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        Assert.Equal(SharedCluster.Image, await Cluster.KubectlAsync($"get deployment web -n {ns} -o 'jsonpath={{.spec.template.spec.containers[0].image}}'"));
        Assert.Equal(0, (await Cluster.TryKubectlAsync($"diff --server-side -n {ns} -f -", SharedCluster.Web("web", 1))).ExitCode);
    }

    [Fact]
    public async Task Client_side_apply_hands_over_to_server_side_apply()
    {
        var ns = await shared.NamespaceAsync("csa");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", SharedCluster.Web("web", 0));
        await Cluster.KubectlAsync($"label -n {ns} deployment/web tier=front");
        await Cluster.KubectlAsync($"annotate -n {ns} deployment/web note=x");
        await Cluster.KubectlAsync($"scale -n {ns} deployment/web --replicas=0");

        await Cluster.KubectlAsync($"apply --server-side -n {ns} -f -", SharedCluster.Web("web", 0));

        var managers = await ManagersAsync($"deployment web -n {ns}");
        Assert.Contains("kubectl Apply ", managers);
        Assert.Contains("kubectl-label Update ", managers);
        Assert.Contains("kubectl-annotate Update ", managers);
        Assert.DoesNotContain("kubectl-client-side-apply Update ", managers);
        Assert.DoesNotContain("managedFields", await Cluster.KubectlAsync($"get deployment web -n {ns} -o yaml"), StringComparison.Ordinal);
    }

    private async Task<string[]> ManagersAsync(string what, string of = "") =>
        [.. (await Cluster.KubectlAsync($"get {what} --show-managed-fields -o 'jsonpath={Managers.Replace(" .metadata", $" {of}.metadata", StringComparison.Ordinal)}'"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
