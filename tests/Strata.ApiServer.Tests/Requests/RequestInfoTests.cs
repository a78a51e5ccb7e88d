using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Tests.Requests;

public sealed class RequestInfoTests
{
    [Theory]
    [InlineData("GET", "/api/v1/pods", "", "list|v1|pods|||")]
    [InlineData("GET", "/api/v1/pods", "watch=true", "watch|v1|pods|||")]
    [InlineData("GET", "/api/v1/pods", "watch=false", "list|v1|pods|||")]
    [InlineData("GET", "/api/v1/namespaces/a/pods/p", "", "get|v1|pods|a|p|")]
    [InlineData("GET", "/api/v1/namespaces/a/pods/p/log", "", "get|v1|pods|a|p|log")]
    [InlineData("POST", "/api/v1/namespaces/a/pods", "", "create|v1|pods|a||")]
    [InlineData("PUT", "/apis/apps/v1/namespaces/a/deployments/d/scale", "", "update|apps/v1|deployments|a|d|scale")]
    [InlineData("PATCH", "/api/v1/nodes/n", "", "patch|v1|nodes||n|")]
    [InlineData("DELETE", "/api/v1/namespaces/a/pods/p", "", "delete|v1|pods|a|p|")]
    [InlineData("DELETE", "/api/v1/namespaces/a/pods", "", "deletecollection|v1|pods|a||")]
    [InlineData("GET", "/api/v1/namespaces", "", "list|v1|namespaces|||")]
    [InlineData("GET", "/api/v1/namespaces/a", "", "get|v1|namespaces|a|a|")]
    [InlineData("PUT", "/api/v1/namespaces/a/finalize", "", "update|v1|namespaces|a|a|finalize")]
    [InlineData("PUT", "/api/v1/namespaces/a/status", "", "update|v1|namespaces|a|a|status")]
    [InlineData("GET", "/api/v1/watch/namespaces/a/pods", "", "watch|v1|pods|a||")]
    [InlineData("HEAD", "/api/v1/nodes/n", "", "get|v1|nodes||n|")]
    [InlineData("GET", "/api/v1/namespaces/a/configmaps/x%2Ey", "", "get|v1|configmaps|a|x.y|")]
    public void A_path_names_a_resource(string method, string path, string query, string expected)
    {
        var info = RequestInfo.Parse(method, path, QueryParameters.Parse(query));
        Assert.True(info.IsResource);
        var groupVersion = info.Group.Length == 0 ? info.Version : $"{info.Group}/{info.Version}";
        Assert.Equal(expected, $"{info.Verb}|{groupVersion}|{info.Resource}|{info.Namespace}|{info.Name}|{info.Subresource}");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/v1")]
    [InlineData("/apis/apps/v1")]
    [InlineData("/version")]
    [InlineData("/openapi/v3/apis/apps/v1")]
    public void Other_paths_are_documents(string path) => Assert.False(RequestInfo.Parse("GET", path, QueryParameters.Empty).IsResource);
}
