namespace Strata.EndToEnd.Tests;

/// <summary>Webhooks on loopback, with the stock kubectl.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class WebhookTests(SharedCluster shared)
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Admission_webhooks_change_and_refuse_objects_and_their_failure_policy_decides_when_they_are_gone()
    {
        var ns = await shared.NamespaceAsync("webhooks");
        await Cluster.KubectlAsync($"label namespace {ns} hooked=yes");
        var webhook = await TestWebhook.StartAsync();
        await Cluster.KubectlAsync("apply -f -", Configuration("Mutating", "label.test.example", webhook, "/label", "Ignore"));
        await Cluster.KubectlAsync("apply -f -", Configuration("Validating", "refuse.test.example", webhook, "/refuse", "Fail"));

        var made = await Cluster.TryKubectlAsync($"create configmap small -n {ns} --from-literal=size=small");
        Assert.Equal(0, made.ExitCode);
        Assert.Contains("Warning: the webhook was here", made.Errors, StringComparison.Ordinal);
        Assert.Equal("yes", await Cluster.KubectlAsync($"get configmap small -n {ns} -o 'jsonpath={{.data.marked}}'"));
        var refused = await Cluster.TryKubectlAsync($"create configmap huge -n {ns} --from-literal=size=huge");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("admission webhook \"refuse.test.example\" denied the request: too large for this house", refused.Errors, StringComparison.Ordinal);
        await Cluster.KubectlAsync($"create configmap elsewhere -n default --from-literal=size=huge");

        await webhook.DisposeAsync();
        var failed = await Cluster.TryKubectlAsync($"create configmap other -n {ns} --from-literal=size=small");
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("failed calling webhook \"refuse.test.example\": failed to call webhook: Post", failed.Errors, StringComparison.Ordinal);
        await Cluster.KubectlAsync("delete validatingwebhookconfiguration refuse.test.example"); // Not held back by itself.
        await Cluster.KubectlAsync($"create configmap other -n {ns} --from-literal=size=small");
        Assert.Equal("", await Cluster.KubectlAsync($"get configmap other -n {ns} -o 'jsonpath={{.data.marked}}'"));
        await Cluster.KubectlAsync("delete mutatingwebhookconfiguration label.test.example");
        await Cluster.KubectlAsync("delete configmap elsewhere -n default");
    }

    [Fact]
    public async Task A_conversion_webhook_serves_each_version_in_its_own_words()
    {
        var ns = await shared.NamespaceAsync("conversion");
        await using var webhook = await TestWebhook.StartAsync();
        await Cluster.KubectlAsync("apply -f -", Gauges(webhook));
        await Cluster.KubectlAsync("wait --for=condition=Established crd/gauges.example.net --timeout=30s");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Gauge("v1", "cold", "celsius: 0"));
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Gauge("v2", "warm", "kelvin: 300"));

        Assert.Matches(@"NAME +KELVIN\ncold +273\nwarm +300\n", await Cluster.KubectlAsync($"get gauges.v2.example.net -n {ns}"));
        Assert.Equal("0 27", await Cluster.KubectlAsync($"get gauges.v1.example.net -n {ns} -o 'jsonpath={{.items[*].spec.celsius}}'"));
        await Cluster.KubectlAsync($$$"""patch gauges.v2.example.net cold -n {{{ns}}} --type=merge -p '{"spec":{"kelvin":280}}'""");
        Assert.Equal("7", await Cluster.KubectlAsync($"get gauges.v1.example.net cold -n {ns} -o 'jsonpath={{.spec.celsius}}'"));
        Assert.Contains("gauge.example.net/warm unchanged", await Cluster.KubectlAsync(
            $"apply -n {ns} -f -", Gauge("v2", "warm", "kelvin: 300")), StringComparison.Ordinal);
        await Cluster.KubectlAsync("delete crd gauges.example.net --timeout=60s");
    }

    private static string Gauge(string version, string name, string spec) => $$"""
        apiVersion: example.net/{{version}}
        kind: Gauge
        metadata: {name: {{name}} }
        spec: { {{spec}} }
        """;

    private static string Configuration(string kind, string name, TestWebhook webhook, string path, string failurePolicy) => $$"""
        apiVersion: admissionregistration.k8s.io/v1
        kind: {{kind}}WebhookConfiguration
        metadata: {name: {{name}}}
        webhooks:
        - name: {{name}}
          clientConfig: {url: "{{webhook.Url(path)}}", caBundle: {{webhook.Bundle}} }
          rules: [{apiGroups: [""], apiVersions: ["*"], operations: [CREATE], resources: [configmaps], scope: "*"}]
          namespaceSelector: {matchLabels: {hooked: "yes"} }
          failurePolicy: {{failurePolicy}}
          timeoutSeconds: 5
          sideEffects: None
          admissionReviewVersions: [v1]
        """;

    private static string Gauges(TestWebhook webhook) => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: gauges.example.net}
        spec:
          group: example.net
          scope: Namespaced
          names: {plural: gauges, kind: Gauge}
          conversion:
            strategy: Webhook
            webhook:
              conversionReviewVersions: [v1]
              clientConfig: {url: "{{webhook.Url("/convert")}}", caBundle: {{webhook.Bundle}} }
          versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {celsius: {type: integer} } } } } }
          - name: v2
            served: true
            storage: false
            additionalPrinterColumns: [{name: Kelvin, type: integer, jsonPath: .spec.kelvin}]
            schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {kelvin: {type: integer} } } } } }
        """;
}
