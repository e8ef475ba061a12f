import { mount } from "svelte";
import Orders from "./orders.svelte";

const target = document.getElementById("root");
if (target === null) throw new Error("the page has no element #root");
mount(Orders, { target });
