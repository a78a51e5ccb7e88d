namespace Strata.EndToEnd.Tests;

/// <summary>One cluster for all tests that only need one to be there; each test works in a namespace of its own.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    public const string Image = "strata.local/test:v1";
    public const string SecondImage = "strata.local/test:v2";

    private const string Script = """
        #!/bin/sh
        mkdir -p /run/www
        echo "VERSION $(hostname)" > /run/www/index.html
        httpd -f -p 8080 -h /run/www &
        server=$!
        trap 'sleep 1; kill $server; exit 0' TERM
        echo "started VERSION"
        wait $server
        """;

    private TestCluster? _cluster;
    private string _skip = "";

    public TestCluster Cluster
    {
        get
        {
            Assert.SkipWhen(_cluster is null, _skip);
            return _cluster!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (TestCluster.FindProgram(out _skip) is null)
        {
            return;
        }

        _cluster = await TestCluster.StartAsync("--node-cpus", "2");
        await _cluster.BuildImageAsync(Image, Script.Replace("VERSION", "v1", StringComparison.Ordinal));
        await _cluster.BuildImageAsync(SecondImage, Script.Replace("VERSION", "v2", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>Makes a namespace for one test.</summary>
    public async Task<string> NamespaceAsync(string name)
    {
        await Cluster.KubectlAsync($"create namespace {name}");
        return name;
    }

    /// <summary>A Deployment with a Service in front, as YAML.</summary>
    public static string Web(string name, int replicas, string extra = "") => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{name}}
        spec:
          replicas: {{replicas}}
          selector:
            matchLabels:
              app: {{name}}
          template:
            metadata:
              labels:
                app: {{name}}
            spec:
              terminationGracePeriodSeconds: 5
              automountServiceAccountToken: false
              containers:
              - name: web
                image: {{Image}}
                ports:
                - name: http
                  containerPort: 8080
                resources:
                  requests:
                    cpu: 20m
                    memory: 16Mi
                readinessProbe:
                  httpGet:
                    path: /
                    port: http
                  periodSeconds: 1
        {{extra}}
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: {{name}}
        spec:
          type: NodePort
          selector:
            app: {{name}}
          ports:
          - name: http
            port: 80
            targetPort: http
        """;
}

[CollectionDefinition(Name)]
public sealed class SharedClusterCollection : ICollectionFixture<SharedCluster>
{
    public const string Name = "shared cluster";
}
