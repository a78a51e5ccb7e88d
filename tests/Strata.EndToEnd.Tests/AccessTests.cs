using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Strata.EndToEnd.Tests;

/// <summary>Who may do what, as kubectl shows and changes it.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class AccessTests(SharedCluster shared)
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Can_i_answers_for_oneself_and_for_others()
    {
        var ns = await shared.NamespaceAsync("can-i");
        Assert.Equal("yes\n", await Cluster.KubectlAsync("auth can-i delete nodes"));
        var no = await Cluster.TryKubectlAsync("auth can-i list secrets --as jane");
        Assert.Equal((1, "no\n"), (no.ExitCode, no.Output));

        await Cluster.KubectlAsync($"create rolebinding jane-views -n {ns} --clusterrole=view --user=jane");
        await Cluster.UntilAsync($"auth can-i list pods -n {ns} --as jane", output => output == "yes\n");
        Assert.Equal("no\n", (await Cluster.TryKubectlAsync($"auth can-i list secrets -n {ns} --as jane")).Output);
        var list = await Cluster.KubectlAsync($"auth can-i --list -n {ns} --as jane");
        Assert.Contains("selfsubjectreviews.authentication.k8s.io", list, StringComparison.Ordinal);
        Assert.Matches("(?m)^deployments.apps .*\\[get list watch\\]", list);
        Assert.Contains("[/healthz]", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoami_names_the_administrator_and_whom_they_act_as()
    {
        Assert.Contains("system:masters", await Cluster.KubectlAsync("auth whoami"), StringComparison.Ordinal);
        var jane = await Cluster.KubectlAsync("auth whoami --as jane --as-group dev");
        Assert.Matches("Username +jane", jane);
        Assert.Contains("[dev system:authenticated]", jane, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_account_gets_what_it_is_bound_to_and_no_more()
    {
        var ns = await shared.NamespaceAsync("accounts");
        await Cluster.KubectlAsync($"create serviceaccount app -n {ns}");
        await Cluster.KubectlAsync($"create role reader -n {ns} --verb=get,list --resource=pods --resource=configmaps");
        await Cluster.KubectlAsync($"create rolebinding reader -n {ns} --role=reader --serviceaccount={ns}:app");
        await Cluster.KubectlAsync("create clusterrole e2e-nodes --verb=list --resource=nodes");
        await Cluster.KubectlAsync($"create clusterrolebinding e2e-nodes --clusterrole=e2e-nodes --serviceaccount={ns}:app");
        await Cluster.UntilAsync($"get configmaps -n {ns} --as system:serviceaccount:{ns}:app", output => output.Contains("kube-root-ca.crt", StringComparison.Ordinal));

        var token = (await Cluster.KubectlAsync($"create token app -n {ns} --duration=20m")).Trim();
        var asApp = $"--kubeconfig={await BareConfigAsync()} --token={token}";
        await Cluster.UntilAsync($"get nodes {asApp}", output => output.Contains("strata-virtual", StringComparison.Ordinal));
        var refused = await Cluster.TryKubectlAsync($"delete configmap kube-root-ca.crt -n {ns} {asApp}");
        Assert.Equal(
            $"Error from server (Forbidden): configmaps \"kube-root-ca.crt\" is forbidden: User \"system:serviceaccount:{ns}:app\" cannot delete resource \"configmaps\" in API group \"\" in the namespace \"{ns}\"\n",
            refused.Errors);

        await Cluster.KubectlAsync($"delete serviceaccount app -n {ns}");
        Assert.Contains("You must be logged in", (await Cluster.TryKubectlAsync($"get nodes {asApp}")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_adds_the_missing_permissions_and_subjects()
    {
        var ns = await shared.NamespaceAsync("reconcile");
        await Cluster.KubectlAsync($"create role r -n {ns} --verb=get --resource=pods");
        var output = await Cluster.KubectlAsync("auth reconcile -f -", $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: r, namespace: {{ns}}}
            rules:
            - {apiGroups: [""], resources: [pods], verbs: [get, watch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: r, namespace: {{ns}}}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
            subjects:
            - {kind: User, name: joe, apiGroup: rbac.authorization.k8s.io}
            """);
        Assert.Contains("role.rbac.authorization.k8s.io/r reconciled", output, StringComparison.Ordinal);
        Assert.Equal("Role/r joe", await Cluster.KubectlAsync($"get rolebinding r -n {ns} -o 'jsonpath={{.roleRef.kind}}/{{.roleRef.name}} {{.subjects[0].name}}'"));
        await Cluster.UntilAsync($"auth can-i watch pods -n {ns} --as joe", answer => answer == "yes\n");
    }

    [Fact]
    public async Task Someone_who_may_write_roles_cannot_give_themselves_more()
    {
        var ns = await shared.NamespaceAsync("escalation");
        await Cluster.KubectlAsync($"create rolebinding joe-edits -n {ns} --clusterrole=admin --user=joe");
        await Cluster.UntilAsync($"auth can-i create roles.rbac.authorization.k8s.io -n {ns} --as joe", answer => answer == "yes\n");
        await Cluster.KubectlAsync($"create role allowed -n {ns} --verb=get --resource=secrets --as joe");
        var refused = await Cluster.TryKubectlAsync($"create rolebinding all -n {ns} --clusterrole=cluster-admin --user=joe --as joe");
        Assert.Contains("is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approved_request_becomes_a_certificate_that_kubectl_can_use()
    {
        var folder = Directory.CreateTempSubdirectory("strata-csr-");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=dev, CN=carol", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        await Cluster.KubectlAsync("create -f -", $$"""
            apiVersion: certificates.k8s.io/v1
            kind: CertificateSigningRequest
            metadata: {name: carol}
            spec:
              request: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(request))}}
              signerName: kubernetes.io/kube-apiserver-client
              expirationSeconds: 3600
              usages: [client auth, digital signature]
            """);
        Assert.Matches("carol +.* kubernetes.io/kube-apiserver-client +strata-admin +60m +Pending", await Cluster.KubectlAsync("get csr carol"));
        await Cluster.KubectlAsync("certificate approve carol");
        var issued = await Cluster.UntilAsync("get csr carol -o 'jsonpath={.status.certificate}'", certificate => certificate.Length > 0);

        var certificatePath = Path.Combine(folder.FullName, "carol.crt");
        var keyPath = Path.Combine(folder.FullName, "carol.key");
        await File.WriteAllBytesAsync(certificatePath, Convert.FromBase64String(issued));
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        var asCarol = $"--kubeconfig={await BareConfigAsync()} --client-certificate={certificatePath} --client-key={keyPath}";
        Assert.Contains("[dev system:authenticated]", await Cluster.KubectlAsync($"auth whoami {asCarol}"), StringComparison.Ordinal);
        Assert.Contains("User \"carol\" cannot list resource \"nodes\"", (await Cluster.TryKubectlAsync($"get nodes {asCarol}")).Errors, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    // A kubeconfig with the server and its CA but without the administrator's certificate.
    private async Task<string> BareConfigAsync()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Cluster.DataDirectory, "kubeconfig"));
        var path = Path.Combine(Cluster.DataDirectory, "bare.kubeconfig");
        await File.WriteAllLinesAsync(path, lines.Where(line => !line.Contains("client-certificate-data", StringComparison.Ordinal) && !line.Contains("client-key-data", StringComparison.Ordinal)));
        return path;
    }
}
